package suite

import (
	"fmt"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A ledger is what a topic holds, as its producer was told, and its consumers must find.
type ledger struct {
	mu       sync.Mutex
	produced map[place]string
}

type place struct {
	partition int32
	offset    int64
}

func newLedger() *ledger { return &ledger{produced: make(map[place]string)} }

// store notes where a record was stored. No other can be there.
func (l *ledger) store(r *kgo.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := place{r.Partition, r.Offset}
	if before, taken := l.produced[at]; taken {
		return fmt.Errorf("%q and %q are both said to be at %+v", before, r.Value, at)
	}
	l.produced[at] = string(r.Value)
	return nil
}

// count is the number of records that were stored.
func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.produced)
}

// A reading is what was consumed of a topic, by one client or by the members of a group.
type reading struct {
	mu        sync.Mutex
	consumed  map[int32][]string // by partition, in the order of the offsets
	total     int
	committed map[int32]int64 // of a group, by partition: the offset at which it may start again
}

func newReading() *reading { return &reading{consumed: make(map[int32][]string)} }

func newGroupReading() *reading {
	return &reading{consumed: make(map[int32][]string), committed: make(map[int32]int64)}
}

// take notes a record, which must be the one that comes next in its partition: none is missing
// before it, and it did not come before, unless the group did not commit it.
func (r *reading) take(t *testing.T, record *kgo.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	values := r.consumed[record.Partition]
	next := int64(len(values))
	switch {
	case record.Offset == next:
		r.consumed[record.Partition] = append(values, string(record.Value))
		r.total++
	case r.committed != nil && record.Offset < next && record.Offset >= r.committed[record.Partition]:
		if before := values[record.Offset]; before != string(record.Value) {
			t.Errorf("partition %d: offset %d is %q, and was %q", record.Partition, record.Offset, record.Value, before)
		}
	default:
		t.Errorf("partition %d: offset %d came, %d was expected", record.Partition, record.Offset, next)
	}
}

// commit notes that what is before an offset must not come again.
func (r *reading) commit(partition int32, offset int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.committed[partition] = max(r.committed[partition], offset)
}

// count is the number of records that were consumed.
func (r *reading) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.total
}

// mustBe holds that every record was consumed where it was stored, and no other.
func (r *reading) mustBe(t *testing.T, l *ledger) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total != len(l.produced) {
		t.Errorf("%d records were consumed, %d were stored", r.total, len(l.produced))
	}
	for partition, values := range r.consumed {
		for offset, value := range values {
			at := place{partition, int64(offset)}
			if stored, ok := l.produced[at]; !ok || stored != value {
				t.Errorf("%q was consumed at %+v, where %q was stored", value, at, stored)
				return
			}
		}
	}
}
