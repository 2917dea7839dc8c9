package records_test

import (
	"math"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// FuzzReader holds that whatever a broker sends, records and what was skipped are all offsets.
func FuzzReader(f *testing.F) {
	f.Add(build(f, plan{first: 5, records: values("a", "b")}, plan{first: 9, attributes: transactional | control, producer: 1, records: marker(false)}), int64(5), int64(math.MaxInt64))
	f.Add(build(f, plan{codec: kgo.ZstdCompression(), last: 9, records: values("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "b")}), int64(1), int64(7))
	f.Fuzz(func(t *testing.T, b []byte, from, to int64) {
		from = max(from, 0)
		to = max(to, from)
		sumAll(b)
		p := answer(b, abort(1, 0))
		r := records.NewReader(&p, from, to, true, bounded)
		for n := int64(0); ; n++ {
			record, err := r.Next()
			if err != nil {
				return
			}
			if record == nil {
				s := r.Skipped
				if from+n+s.Control+s.Aborted+s.Gaps != r.Offset() || r.Offset() > to {
					t.Errorf("%d records and %+v from %d to %d lead to %d", n, s, from, to, r.Offset())
				}
				return
			}
			if record.Offset < from || record.Offset >= to {
				t.Errorf("a record has the offset %d, which is not from %d to %d", record.Offset, from, to)
			}
		}
	})
}

// sumAll makes the checksums of batches right, as far as they are batches: else nothing behind them is tried.
func sumAll(b []byte) {
	for len(b) > 61 {
		length := int(int32(uint32(b[8])<<24|uint32(b[9])<<16|uint32(b[10])<<8|uint32(b[11]))) + 12
		if length <= 61 || length > len(b) {
			return
		}
		sum(b[:length])
		b = b[length:]
	}
}
