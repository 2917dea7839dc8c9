package records

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// openOld returns the records of a message of a format before record batches, which may be packed with
// others into one. kgo reads those: their timestamps are exact until the year 2262.
func openOld(raw []byte, from int64, d kgo.Decompressor) ([]*kgo.Record, error) {
	p, _ := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{Offset: from},
		&kmsg.FetchResponseTopicPartition{RecordBatches: raw}, d, nil)
	return p.Records, p.Err
}

func fromOld(old *kgo.Record) Record {
	r := Record{Offset: old.Offset, Timestamp: -1, LeaderEpoch: -1, Key: old.Key, Value: old.Value}
	switch old.Attrs.TimestampType() {
	case 0:
		r.TimestampType = CreateTime
	case 1:
		r.TimestampType = AppendTime
	}
	if r.TimestampType != NoTimestamp {
		r.Timestamp = old.Timestamp.UnixMilli()
	}
	return r
}
