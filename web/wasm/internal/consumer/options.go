package consumer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// Options are what the page wants to read, after the page has checked them. Offsets are strings in JSON.
type Options struct {
	Topics           []string   `json:"topics"`
	Partitions       []Assigned `json:"partitions"` // instead of Topics
	From             Position   `json:"from"`
	Until            *Until     `json:"until"` // nil: for ever
	Assigned         bool       `json:"-"`     // of Topics only the partitions that Assign adds
	Committed        bool       `json:"committed"`
	Filter           *Filter    `json:"filter"`
	ValueLimit       int        `json:"valueLimit"` // bytes
	MaxBufferedBytes int        `json:"maxBufferedBytes"`
	MaxBatchRecords  int        `json:"maxBatchRecords"`
}

// UnpackedLimit is what one batch may decompress to, if the page wants no more than that buffered.
const UnpackedLimit = 64 << 20

// UnpackedLimit is what one batch may decompress to.
func (o *Options) UnpackedLimit() int {
	return min(max(UnpackedLimit, o.MaxBufferedBytes), math.MaxInt32)
}

// A TopicPartition names a partition.
type TopicPartition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

func (t TopicPartition) Compare(u TopicPartition) int {
	return cmp.Or(strings.Compare(t.Topic, u.Topic), cmp.Compare(t.Partition, u.Partition))
}

// An Assigned is a partition with its own bounds.
type Assigned struct {
	TopicPartition
	From  *Position `json:"from"`         // nil: Options.From
	Until *int64    `json:"until,string"` // an offset; nil: Options.Until
}

// The kinds of positions.
type positionKind int

const (
	latest positionKind = iota
	earliest
	lastRecords // n
	atOffset    // n
	atTime      // n milliseconds
	kept        // n, an offset that was read up to
	committed   // what the group has committed, or else the end
)

// A Position is where to begin.
type Position struct {
	kind positionKind
	n    int64
}

func (p *Position) UnmarshalJSON(b []byte) error {
	var object struct {
		Last      *int64 `json:"last"`
		Offset    *int64 `json:"offset,string"`
		Timestamp *int64 `json:"timestamp"`
	}
	switch string(b) {
	case `"earliest"`:
		*p = Position{kind: earliest}
		return nil
	case `"latest"`:
		*p = Position{kind: latest}
		return nil
	case `"committed"`:
		*p = Position{kind: committed}
		return nil
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	switch {
	case object.Last != nil:
		*p = Position{lastRecords, *object.Last}
	case object.Offset != nil:
		*p = Position{atOffset, *object.Offset}
	case object.Timestamp != nil:
		*p = Position{atTime, *object.Timestamp}
	default:
		return fmt.Errorf("%s is no position", b)
	}
	return nil
}

// An Until is where to end: at the end as it is when the reading begins, or before the first record of a time.
type Until struct {
	Timestamp *int64 // milliseconds; nil: the end
}

func (u *Until) UnmarshalJSON(b []byte) error {
	if string(b) == `"end"` {
		return nil
	}
	var object struct {
		Timestamp *int64 `json:"timestamp"`
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	u.Timestamp = object.Timestamp
	return nil
}

// A Filter takes records that contain a text in one of the parts.
type Filter struct {
	Text    string `json:"text"`
	Key     bool   `json:"key"`
	Value   bool   `json:"value"`
	Headers bool   `json:"headers"` // names and values
}

// takes reports whether the filter takes a record. text is f.Text.
func (f *Filter) takes(r *records.Record, text []byte) bool {
	if f.Key && bytes.Contains(r.Key, text) || f.Value && bytes.Contains(r.Value, text) {
		return true
	}
	if f.Headers {
		for _, h := range r.Headers {
			if bytes.Contains(h.Name, text) || bytes.Contains(h.Value, text) {
				return true
			}
		}
	}
	return false
}
