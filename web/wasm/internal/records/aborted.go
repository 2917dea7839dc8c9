package records

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// aborted knows the transactions that a response's records may be of and that were aborted. A producer has
// one at a time: from its first offset to the marker that ends it.
type aborted struct {
	later []kmsg.FetchResponseTopicPartitionAbortedTransaction // by their first offset
	open  map[int64]bool                                       // producers
}

func newAborted(transactions []kmsg.FetchResponseTopicPartitionAbortedTransaction) aborted {
	later := slices.Clone(transactions)
	slices.SortFunc(later, func(a, b kmsg.FetchResponseTopicPartitionAbortedTransaction) int {
		return int(min(max(a.FirstOffset-b.FirstOffset, -1), 1))
	})
	return aborted{later: later, open: make(map[int64]bool)}
}

// includes reports whether a producer's batch, which ends with the offset last, is of one.
func (a *aborted) includes(producer, last int64) bool {
	for len(a.later) > 0 && a.later[0].FirstOffset <= last {
		a.open[a.later[0].ProducerID] = true
		a.later = a.later[1:]
	}
	return a.open[producer]
}

// end notes the marker of a producer.
func (a *aborted) end(producer int64) { delete(a.open, producer) }
