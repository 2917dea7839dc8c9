package records

// A Record is one of a partition. Its bytes are views into what a Reader reads.
type Record struct {
	Offset        int64
	Timestamp     int64 // milliseconds; -1: none
	TimestampType TimestampType
	LeaderEpoch   int32  // -1: none
	Key, Value    []byte // nil: null
	Headers       []Header
}

// A Header is one of a record's. Names may occur more than once.
type Header struct {
	Name  []byte
	Value []byte // nil: null
}

// A TimestampType says who set a timestamp.
type TimestampType uint8

const (
	NoTimestamp TimestampType = iota
	CreateTime                // the producer
	AppendTime                // the broker
)

// Skipped counts offsets that aren't records.
type Skipped struct {
	Control int64 // markers of transactions
	Aborted int64 // records of transactions that were aborted
	Gaps    int64 // compacted, deleted or never used
}
