package records

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

// DecompressorOf returns the decompressor of kafka, which takes batches up to kgo.MaxDecompressBatchBytes. kgo
// exports none with another bound than 2 GiB.
func DecompressorOf(kafka *kgo.Client) kgo.Decompressor {
	return kafka.OptValue(kgo.WithDecompressor).(kgo.Decompressor)
}

// A TooLargeError is of a batch that decompresses to more than the decompressor takes.
type TooLargeError struct {
	First, Next int64 // its first offset, and the one after it
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("the batch of the offsets %d to %d decompresses to too much", e.First, e.Next-1)
}
