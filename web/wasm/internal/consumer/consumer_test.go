//go:build !js

package consumer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/web/wasm/internal/batch/batchtest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

func TestMain(m *testing.M) { leak.Main(m) }

// patience is longer than anything here takes.
const patience = time.Minute

// A world is a cluster, with a client that writes to it.
type world struct {
	*testing.T
	ctx     context.Context
	cluster *kfake.Cluster // nil: Apache Kafka
	brokers []string
	writer  *kgo.Client
	network network // of readers
}

func newWorld(t *testing.T, options ...kfake.Opt) *world {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(2)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	w := worldOf(t, cluster.ListenAddrs(), patience)
	w.cluster = cluster
	return w
}

// worldOf returns a world with brokers that run, which lasts as long as patience.
func worldOf(t *testing.T, brokers []string, patience time.Duration) *world {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	w := &world{T: t, ctx: ctx, brokers: brokers}
	w.network = network{via: make(map[string]string), conns: make(map[string][]net.Conn)}
	w.writer = w.client(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	return w
}

func (w *world) client(options ...kgo.Opt) *kgo.Client {
	w.Helper()
	cl, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(w.brokers...)}, options...)...)
	if err != nil {
		w.Fatal(err)
	}
	w.Cleanup(cl.Close)
	return cl
}

func (w *world) create(topic string, partitions int32) {
	w.Helper()
	if err := w.cluster.CreateTopic(topic, partitions, nil); err != nil {
		w.Fatal(err)
	}
}

// write writes records to partition 0, each in a batch of its own.
func (w *world) write(topic string, values ...string) {
	w.Helper()
	for _, v := range values {
		w.produce(&kgo.Record{Topic: topic, Value: []byte(v)})
	}
}

func (w *world) produce(r *kgo.Record) {
	w.Helper()
	if err := w.writer.ProduceSync(w.ctx, r).FirstErr(); err != nil {
		w.Fatal(err)
	}
}

// A reading is a Consumer that runs.
type reading struct {
	*world
	*consumer.Consumer
	batches chan batchtest.Batch
	reports chan error
	ended   chan error
	cancel  context.CancelFunc
}

// read starts a Consumer, with options as the page sends them.
func (w *world) read(options map[string]any) *reading {
	w.Helper()
	return w.readWith(options, func(*consumer.Config, *consumer.Options) {})
}

func (w *world) readWith(options map[string]any, set func(*consumer.Config, *consumer.Options)) *reading {
	w.Helper()
	r := &reading{
		world: w, batches: make(chan batchtest.Batch, 1024), reports: make(chan error, 1024), ended: make(chan error, 1),
	}
	ctx, cancel := context.WithCancel(w.ctx)
	r.cancel = cancel
	all := map[string]any{"committed": true, "valueLimit": 1 << 31, "maxBufferedBytes": 16 << 20}
	for name, value := range options {
		all[name] = value
	}
	text, err := json.Marshal(all)
	if err != nil {
		w.Fatal(err)
	}
	var o consumer.Options
	if err := json.Unmarshal(text, &o); err != nil {
		w.Fatal(err)
	}
	config := consumer.Config{
		Kafka: w.client(kgo.RequestRetries(0), kgo.Dialer(w.network.dial)),
		Send: func(b []byte) error {
			decoded, err := batchtest.Decode(slices.Clone(b))
			if err != nil {
				w.Error(err)
			}
			select {
			case r.batches <- decoded:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Report:  func(err error) { r.reports <- err },
		Lost:    func(err error) { r.reports <- err },
		Fatal:   func(err error) bool { return errors.Is(err, errFatal) },
		Backoff: func(int) time.Duration { return 50 * time.Millisecond },
	}
	set(&config, &o)
	r.Consumer = consumer.New(config, o)
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		r.ended <- r.Run(ctx)
	}()
	w.Cleanup(func() {
		cancel()
		<-ran
	})
	return r
}

var errFatal = errors.New("fatal")

// batch waits for the next batch.
func (r *reading) batch() batchtest.Batch {
	r.Helper()
	select {
	case b := <-r.batches:
		return b
	case err := <-r.ended:
		r.ended <- err
		select {
		case b := <-r.batches:
			return b
		default:
			r.Fatalf("the reading ended with %v where a batch was expected", err)
		}
	case <-r.ctx.Done():
		for len(r.reports) > 0 {
			r.Logf("reported: %v", <-r.reports)
		}
		r.Fatalf("no batch came; the progress is %+v", r.Progress())
	}
	panic("unreachable")
}

// rest waits for the end, and returns the batches that came.
func (r *reading) rest() (all []batchtest.Batch) {
	r.Helper()
	select {
	case err := <-r.ended:
		if err != nil {
			r.Fatal(err)
		}
	case <-r.ctx.Done():
		r.Fatal("the reading didn't end")
	}
	for len(r.batches) > 0 {
		all = append(all, <-r.batches)
	}
	return all
}

// offsets are those of records, for each partition.
func offsets(batches []batchtest.Batch) map[int32][]int64 {
	of := make(map[int32][]int64)
	for _, b := range batches {
		for _, r := range b.Records {
			of[b.Partition] = append(of[b.Partition], r.Offset)
		}
	}
	return of
}

// values waits for so many records, and returns their values.
func (r *reading) values(n int) (values []string) {
	r.Helper()
	for len(values) < n {
		for _, record := range r.batch().Records {
			values = append(values, string(record.Value))
		}
	}
	return values
}

// checkSpan checks that records and what was skipped are all offsets from one to another, of partition 0.
func (r *reading) checkSpan(batches []batchtest.Batch, from, to int64) {
	r.Helper()
	at := from
	for _, b := range batches {
		at += int64(len(b.Records)) + b.Filtered + b.Skipped.Control + b.Skipped.Aborted + b.Skipped.Gaps
		if at != b.Next {
			r.Errorf("records and what was skipped lead to offset %d, and next is %d", at, b.Next)
		}
	}
	if at != to {
		r.Errorf("the batches end at %d, want %d", at, to)
	}
}

func numbered(n int) (values []string) {
	for i := range n {
		values = append(values, fmt.Sprint("value ", i))
	}
	return values
}
