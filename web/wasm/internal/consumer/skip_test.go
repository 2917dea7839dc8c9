//go:build !js

package consumer_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch/batchtest"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// transact writes values in a transaction to partition 0.
func (w *world) transact(commit kgo.TransactionEndTry, values ...string) {
	w.Helper()
	cl := w.client(kgo.TransactionalID("id"), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer cl.Close()
	if err := cl.BeginTransaction(); err != nil {
		w.Fatal(err)
	}
	for _, v := range values {
		if err := cl.ProduceSync(w.ctx, &kgo.Record{Topic: "t", Value: []byte(v)}).FirstErr(); err != nil {
			w.Fatal(err)
		}
	}
	if err := cl.EndTransaction(w.ctx, commit); err != nil {
		w.Fatal(err)
	}
}

func TestOffsetsThatAreNoRecordsAreCounted(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0", "1")
	w.transact(kgo.TryAbort, "2", "3", "4") // 5 is the marker
	w.transact(kgo.TryCommit, "6", "7")     // 8
	w.write("t", "9")
	w.transact(kgo.TryAbort, "10") // 11
	for _, test := range []struct {
		name             string
		from             any
		committed        bool
		want             []int64
		start            int64
		control, aborted int64
	}{
		{"committed", "earliest", true, []int64{0, 1, 6, 7, 9}, 0, 3, 4},
		{"uncommitted", "earliest", false, []int64{0, 1, 2, 3, 4, 6, 7, 9, 10}, 0, 3, 0},
		{"from within an aborted transaction", map[string]any{"offset": "3"}, true, []int64{6, 7, 9}, 3, 3, 3},
		{"last 1", map[string]any{"last": 1}, true, []int64{9}, 9, 1, 1},
		{"last 2", map[string]any{"last": 2}, true, []int64{7, 9}, 7, 2, 1},
		{"last 4", map[string]any{"last": 4}, true, []int64{1, 6, 7, 9}, 1, 3, 4},
		{"last 5", map[string]any{"last": 5}, true, []int64{0, 1, 6, 7, 9}, 0, 3, 4},
		{"last 6", map[string]any{"last": 6}, true, []int64{0, 1, 6, 7, 9}, 0, 3, 4},
		{"last 3 uncommitted", map[string]any{"last": 3}, false, []int64{7, 9, 10}, 7, 2, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := w.read(map[string]any{"topics": []string{"t"}, "from": test.from, "until": "end", "committed": test.committed})
			batches := r.rest()
			if got := offsets(batches)[0]; !slices.Equal(got, test.want) {
				t.Errorf("offsets %v, want %v", got, test.want)
			}
			r.checkSpan(batches, test.start, 12)
			var control, aborted int64
			for _, b := range batches {
				control += b.Skipped.Control
				aborted += b.Skipped.Aborted
			}
			if control != test.control || aborted != test.aborted {
				t.Errorf("%d control and %d aborted, want %d and %d", control, aborted, test.control, test.aborted)
			}
		})
	}
}

func TestLastLooksBeyondManyMarkers(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(5)...)
	for range 6 {
		w.transact(kgo.TryAbort, "a", "b", "c")
	}
	r := w.read(map[string]any{"topics": []string{"t"}, "from": map[string]any{"last": 2}, "until": "end"})
	batches := r.rest()
	if got := offsets(batches)[0]; !slices.Equal(got, []int64{3, 4}) {
		t.Errorf("offsets %v", got)
	}
	r.checkSpan(batches, 3, 5+6*4)
}

func TestCompactedOffsetsAreGaps(t *testing.T) {
	w := newWorld(t)
	compact := "compact"
	if err := w.cluster.CreateTopic("t", 1, map[string]string{"cleanup.policy": compact, "min.cleanable.dirty.ratio": "0", "segment.ms": "1"}); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		w.produce(&kgo.Record{Topic: "t", Key: fmt.Append(nil, i%3), Value: fmt.Append(nil, i)})
	}
	w.cluster.Compact()
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest", "until": "end"})
	batches := r.rest()
	r.checkSpan(batches, batches[0].Next-int64(len(batches[0].Records))-batches[0].Skipped.Gaps, 20)
	if n := len(offsets(batches)[0]); n >= 20 {
		t.Fatalf("kfake compacted nothing: %d records", n)
	}
	all := offsets(batches)[0]
	last := w.read(map[string]any{"topics": []string{"t"}, "from": map[string]any{"last": 2}, "until": "end"})
	if got := offsets(last.rest())[0]; !slices.Equal(got, all[len(all)-2:]) {
		t.Errorf("the last 2 of %v are %v", all, got)
	}
}

func TestDeletedOffsetsAreGaps(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0")
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	first := r.batch()
	r.Pause(consumer.Paused{All: true})
	w.write("t", "1", "2", "3", "4")
	if err := w.cluster.DeleteRecords("t", 0, 4); err != nil {
		t.Fatal(err)
	}
	r.Pause(consumer.Paused{})
	second := r.batch()
	if second.Skipped.Gaps != 3 || second.Records[0].Offset != 4 {
		t.Errorf("the batch is %+v", second)
	}
	r.checkSpan([]batchtest.Batch{first, second}, 0, 5)
}

func TestFilter(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.produce(&kgo.Record{Topic: "t", Value: []byte("a needle in hay")})
	w.produce(&kgo.Record{Topic: "t", Value: []byte("hay"), Key: []byte("needle")})
	w.produce(&kgo.Record{Topic: "t", Value: []byte("hay"), Headers: []kgo.RecordHeader{{Key: "needle"}}})
	w.produce(&kgo.Record{Topic: "t", Value: []byte("hay"), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("needle")}}})
	w.produce(&kgo.Record{Topic: "t"})
	for _, test := range []struct {
		in   string
		want []int64
	}{
		{"value", []int64{0}},
		{"key", []int64{1}},
		{"headers", []int64{2, 3}},
		{"key value headers", []int64{0, 1, 2, 3}},
	} {
		t.Run(test.in, func(t *testing.T) {
			filter := map[string]any{"text": "needle"}
			for _, part := range strings.Fields(test.in) {
				filter[part] = true
			}
			r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest", "until": "end", "filter": filter})
			batches := r.rest()
			if got := offsets(batches)[0]; !slices.Equal(got, test.want) {
				t.Errorf("offsets %v, want %v", got, test.want)
			}
			r.checkSpan(batches, 0, 5)
			if p := r.Progress(); p.Scanned != 5 || p.Matched != float64(len(test.want)) {
				t.Errorf("%v scanned, %v matched", p.Scanned, p.Matched)
			}
		})
	}
}
