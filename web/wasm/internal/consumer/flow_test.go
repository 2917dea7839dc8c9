//go:build !js

package consumer_test

import (
	"bytes"
	"context"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch/batchtest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// record returns the value of the record at an offset of partition 0; empty: there is none.
func (w *world) record(topic string, offset int64) (string, error) {
	w.Helper()
	c := consumer.Config{
		Kafka: w.client(), Report: func(error) {}, Fatal: func(error) bool { return false },
		Backoff: func(int) time.Duration { return 50 * time.Millisecond },
	}
	b, err := consumer.Record(w.ctx, c, consumer.TopicPartition{Topic: topic}, offset)
	if err != nil || b == nil {
		return "", err
	}
	decoded, err := batchtest.Decode(b)
	if err != nil || len(decoded.Records) != 1 || decoded.Records[0].Offset != offset {
		w.Fatalf("%+v, %v", decoded, err)
	}
	return string(decoded.Records[0].Value), nil
}

func TestBatchesAreLimited(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	value := bytes.Repeat([]byte("x"), 1000)
	var records []*kgo.Record
	for range 1000 {
		records = append(records, &kgo.Record{Topic: "t", Value: value})
	}
	if err := w.writer.ProduceSync(w.ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
	read := func(options map[string]any) []batchtest.Batch {
		all := map[string]any{"topics": []string{"t"}, "from": "earliest", "until": "end"}
		for name, v := range options {
			all[name] = v
		}
		r := w.read(all)
		batches := r.rest()
		r.checkSpan(batches, 0, 1000)
		return batches
	}
	t.Run("by bytes", func(t *testing.T) {
		batches := read(nil)
		if n := len(batches[0].Records); n < 200 || n > 300 {
			t.Errorf("a batch has %d records of 1000 bytes", n)
		}
	})
	t.Run("by records", func(t *testing.T) {
		for _, b := range read(map[string]any{"maxBatchRecords": 7}) {
			if len(b.Records) > 7 {
				t.Errorf("a batch has %d records", len(b.Records))
			}
		}
	})
	t.Run("values are cut", func(t *testing.T) {
		for _, b := range read(map[string]any{"valueLimit": 10}) {
			for _, r := range b.Records {
				if len(r.Value) != 10 || r.ValueLength != 1000 {
					t.Fatalf("a value has %d of %d bytes", len(r.Value), r.ValueLength)
				}
			}
		}
	})
}

func TestManyPartitionsCostFewRequests(t *testing.T) {
	w := newWorld(t)
	const partitions = 300
	w.create("t", partitions)
	for p := range int32(partitions) {
		w.writer.Produce(w.ctx, &kgo.Record{Topic: "t", Partition: p, Value: []byte("x")}, nil)
	}
	if err := w.writer.Flush(w.ctx); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int32
	w.cluster.ControlKey(int16(kmsg.ListOffsets), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		asked.Add(1)
		return nil, nil, false
	})
	for _, from := range []any{"earliest", map[string]any{"timestamp": 0}, map[string]any{"last": 1}} {
		asked.Store(0)
		r := w.read(map[string]any{"topics": []string{"t"}, "from": from, "until": "end"})
		if got := offsets(r.rest()); len(got) != partitions {
			t.Errorf("from %v: records of %d partitions", from, len(got))
		}
		if n := asked.Load(); n > 6 {
			t.Errorf("from %v: %d requests for offsets at 2 brokers", from, n)
		}
	}
}

// TestASlowPageStopsFetching holds that a page which takes nothing lets no more come than maxBufferedBytes.
func TestASlowPageStopsFetching(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	value := bytes.Repeat([]byte("x"), 100<<10)
	const records, most = 200, 1 << 20
	for range records {
		w.produce(&kgo.Record{Topic: "t", Value: value})
	}
	received := counter{metadata: make(chan struct{}, 1024)}
	taken := make(chan struct{})
	stopped := make(chan struct{}, records)
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	var o consumer.Options
	o.Topics, o.Committed, o.ValueLimit, o.MaxBufferedBytes = []string{"t"}, true, math.MaxInt, most
	o.From = position(t, `"earliest"`)
	r := consumer.New(consumer.Config{
		Kafka: w.client(kgo.WithHooks(&received)),
		Send: func([]byte) error {
			stopped <- struct{}{}
			select {
			case <-taken:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Report: func(err error) { t.Error(err) }, Fatal: func(error) bool { return false },
		Backoff: func(int) time.Duration { return 50 * time.Millisecond },
	}, o)
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	<-stopped
	received.awaitMetadata(ctx, 2) // what goes on meanwhile would fetch all
	if n := received.fetched(); n > most+most/2+2*int64(len(value)) {
		t.Errorf("%d bytes were fetched, which nobody takes", n)
	}
	close(taken)
	for r.Progress().Matched < records {
		select {
		case <-stopped:
		case err := <-ended:
			t.Fatal(err)
		}
	}
	cancel()
	<-ended
}

// A counter counts the bytes that fetches bring.
type counter struct {
	bytes    atomic.Int64
	metadata chan struct{} // an element for each answer
}

func (c *counter) OnBrokerRead(_ kgo.BrokerMetadata, key int16, n int, _, _ time.Duration, _ error) {
	switch key {
	case int16(kmsg.Fetch):
		c.bytes.Add(int64(n))
	case int16(kmsg.Metadata):
		c.metadata <- struct{}{}
	}
}

func (c *counter) fetched() int64 { return c.bytes.Load() }

// awaitMetadata waits for further answers about partitions, which are seconds apart.
func (c *counter) awaitMetadata(ctx context.Context, n int) {
	for len(c.metadata) > 0 {
		<-c.metadata
	}
	for range n {
		select {
		case <-c.metadata:
		case <-ctx.Done():
		}
	}
}
