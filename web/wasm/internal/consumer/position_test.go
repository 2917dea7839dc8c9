//go:build !js

package consumer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

func TestPositions(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	for i := range 10 {
		w.produce(&kgo.Record{Topic: "t", Value: fmt.Append(nil, i), Timestamp: time.UnixMilli(1000 * int64(i))})
	}
	if err := w.cluster.DeleteRecords("t", 0, 2); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		from  any
		until any
		want  []int64
	}{
		{"earliest", "earliest", "end", []int64{2, 3, 4, 5, 6, 7, 8, 9}},
		{"latest", "latest", "end", nil},
		{"last", map[string]any{"last": 3}, "end", []int64{7, 8, 9}},
		{"last of more than there are", map[string]any{"last": 1000}, "end", []int64{2, 3, 4, 5, 6, 7, 8, 9}},
		{"last none", map[string]any{"last": 0}, "end", nil},
		{"offset", map[string]any{"offset": "8"}, "end", []int64{8, 9}},
		{"deleted offset", map[string]any{"offset": "0"}, "end", []int64{2, 3, 4, 5, 6, 7, 8, 9}},
		{"offset beyond the end", map[string]any{"offset": "100"}, "end", nil},
		{"timestamp", map[string]any{"timestamp": 6500}, "end", []int64{7, 8, 9}},
		{"timestamp after all", map[string]any{"timestamp": 1e6}, "end", nil},
		{"until timestamp", "earliest", map[string]any{"timestamp": 4000}, []int64{2, 3}},
		{"until a timestamp after all", map[string]any{"last": 1}, map[string]any{"timestamp": 1e6}, []int64{9}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := w.read(map[string]any{"topics": []string{"t"}, "from": test.from, "until": test.until})
			if got := offsets(r.rest())[0]; !slices.Equal(got, test.want) {
				t.Errorf("offsets %v, want %v", got, test.want)
			}
		})
	}
	t.Run("bounds of a partition", func(t *testing.T) {
		r := w.read(map[string]any{"partitions": []any{
			map[string]any{"topic": "t", "partition": 0, "from": map[string]any{"offset": "4"}, "until": "7"},
		}})
		batches := r.rest()
		if got := offsets(batches)[0]; !slices.Equal(got, []int64{4, 5, 6}) {
			t.Errorf("offsets %v", got)
		}
		r.checkSpan(batches, 4, 7)
	})
}

func TestReadingGoesOnWithWhatComes(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "before")
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	if got := r.values(1); got[0] != "before" {
		t.Error(got)
	}
	w.write("t", "after")
	if got := r.values(1); got[0] != "after" {
		t.Error(got)
	}
	p := r.Progress()
	if p.Scanned != 2 || p.Matched != 2 || p.Bytes == 0 || len(p.Partitions) != 1 || p.Partitions[0].Position != 2 || p.Partitions[0].Lag != 0 {
		t.Errorf("the progress is %+v", p)
	}
	r.cancel()
	if err := <-r.ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
