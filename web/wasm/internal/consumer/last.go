package consumer

import (
	"context"
	"errors"
	"math"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafkaio/kafkaio/web/wasm/internal/records"
)

// lastFetch bounds what one answer brings in a search for last records.
const lastFetch = 256 << 10

// firstWindow bounds the offsets among which a search begins: it holds those of the records there.
const firstWindow = 1 << 20

// lastVisible returns the offset from which on there are n records before the end; the start if there aren't
// so many. It looks at the offsets just before the end, and then at ever more before those, because
// markers, aborted and compacted records have offsets, too.
func (c *Consumer) lastVisible(ctx context.Context, leader int32, t target, l location, n int64) (int64, error) {
	if n >= l.end-l.start {
		return l.start, nil
	}
	size := min(n, firstWindow)
	for to := l.end; to > l.start && n > 0; {
		from := max(l.start, to-size)
		offsets, err := c.visible(ctx, leader, t, from, to, n)
		if err != nil {
			return 0, err
		}
		if found := int64(len(offsets)); found >= n {
			return offsets[found-n], nil
		} else {
			n -= found
		}
		if int64(len(offsets)) <= (to-from)/2 { // most aren't records
			size = min(size, math.MaxInt64/2) * 2
		}
		to = from
	}
	if n <= 0 {
		return l.end, nil
	}
	return l.start, nil
}

// visible returns the offsets of the records from one offset to before another: the last ones, if there are more
// than n.
func (c *Consumer) visible(ctx context.Context, leader int32, t target, from, to, n int64) (offsets []int64, err error) {
	for t.offset = from; t.offset < to; {
		answers, err := c.ask(ctx, leader, []target{t}, lastFetch, 0)
		if err != nil {
			return nil, err
		}
		a := answers[t.TopicPartition]
		if a == nil {
			return nil, errNoPartition
		}
		if err := kerr.ErrorForCode(a.ErrorCode); err != nil {
			return nil, err
		}
		r := records.NewReader(a, t.offset, to, c.options.Committed, c.decompressor)
		for {
			record, err := r.Next()
			if err != nil {
				c.Fail(t.failed(err))
				return nil, err
			}
			if record == nil {
				break
			}
			if int64(len(offsets)/2) >= n {
				offsets = append(offsets[:0], offsets[len(offsets)-int(n):]...)
			}
			offsets = append(offsets, record.Offset)
		}
		if r.Offset() == t.offset {
			break // the broker has no more than it said
		}
		t.offset = r.Offset()
	}
	return offsets, nil
}

var errNoPartition = errors.New("a broker's answer lacks the partition that it was asked for")
