//go:build !js

package consumer_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// report waits for a report whose cause is an error.
func (r *reading) report(cause error) error {
	r.Helper()
	for {
		select {
		case err := <-r.reports:
			if cause == nil || errors.Is(err, cause) {
				return err
			}
			r.Logf("reported: %v", err)
		case <-r.ctx.Done():
			r.Fatalf("%v wasn't reported", cause)
		}
	}
}

func TestAMissingTopicIsReportedAndFollowedOnceItIsMade(t *testing.T) {
	w := newWorld(t)
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "latest"})
	began := time.Now()
	err := r.report(kerr.UnknownTopicOrPartition)
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	if of, ok := errors.AsType[*consumer.Error](err); !ok || of.Topic != "t" || of.Partition != -1 {
		t.Errorf("the report is %v", err)
	}
	w.create("t", 1)
	w.write("t", "first")
	if got := r.values(1); got[0] != "first" {
		t.Error(got)
	}
}

func TestReportsAreASecondApart(t *testing.T) {
	w := newWorld(t)
	r := w.read(map[string]any{"topics": []string{"t"}})
	r.report(nil)
	first := time.Now()
	r.report(nil)
	if apart := time.Since(first); apart < 900*time.Millisecond {
		t.Errorf("two reports within %v", apart)
	}
}

func TestAMissingPartitionIsReported(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	r := w.read(map[string]any{"partitions": []any{map[string]any{"topic": "t", "partition": 5}}, "until": "end"})
	if of, ok := errors.AsType[*consumer.Error](r.report(kerr.UnknownTopicOrPartition)); !ok || of.Partition != 5 {
		t.Errorf("the report is of %v", of)
	}
}

func TestATopicThatIsMadeAgainIsReadFromItsBeginning(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(5)...)
	r := w.read(map[string]any{"topics": []string{"t"}, "from": map[string]any{"last": 1}})
	r.values(1)
	if err := r.Seek(w.ctx, consumer.TopicPartition{Topic: "t"}, position(t, `{"last": 1}`), 7); err != nil {
		t.Fatal(err)
	}
	r.values(1)
	if err := w.cluster.DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	w.create("t", 1)
	writer := w.client(kgo.RecordPartitioner(kgo.ManualPartitioner())) // the other one knows the topic that is gone
	for _, v := range []string{"new 0", "new 1"} {
		if err := writer.ProduceSync(w.ctx, &kgo.Record{Topic: "t", Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	first := r.batch() // it may have both
	if first.Seek != 7 || string(first.Records[0].Value) != "new 0" {
		t.Errorf("the batch is %+v", first)
	}
	if len(first.Records) == 1 {
		if got := r.values(1); got[0] != "new 1" {
			t.Error(got)
		}
	}
}

func TestPartitionsAddedLaterAreReadFromTheirBeginning(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "old")
	r := w.read(map[string]any{"topics": []string{"t"}, "from": map[string]any{"last": 1}})
	r.values(1)
	if _, err := kadm.NewClient(w.writer).UpdatePartitions(w.ctx, 3, "t"); err != nil {
		t.Fatal(err)
	}
	writer := w.client(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err := writer.ProduceSync(w.ctx, &kgo.Record{Topic: "t", Partition: 2, Value: []byte("new")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if b := r.batch(); b.Partition != 2 || string(b.Records[0].Value) != "new" {
		t.Errorf("the batch is %+v", b)
	}
}

func TestALeaderThatMovesIsFollowed(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0")
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	r.values(1)
	for i := range 3 {
		if err := w.cluster.MoveTopicPartition("t", 0, 1-w.cluster.LeaderFor("t", 0)); err != nil {
			t.Fatal(err)
		}
		value := numbered(3)[i]
		w.write("t", value)
		if got := r.values(1); got[0] != value {
			t.Error(got)
		}
	}
	if n := len(r.reports); n > 0 {
		t.Errorf("%d reports: %v", n, <-r.reports)
	}
}

// apart makes a topic whose partitions 0 and 1 are at the brokers of these ids, with a record in each.
func (w *world) apart() {
	w.Helper()
	w.create("t", 2)
	for p := range int32(2) {
		if err := w.cluster.MoveTopicPartition("t", p, p); err != nil {
			w.Fatal(err)
		}
		w.produce(&kgo.Record{Topic: "t", Partition: p, Value: []byte("x")})
	}
}

func TestALeaderThatCannotBeReachedIsReported(t *testing.T) {
	for _, test := range []struct {
		name  string
		to    func(t *testing.T) string
		cause error
	}{
		{"cut", func(*testing.T) string { return "" }, errCut},
		{"silent", func(t *testing.T) string { return testnet.Serve(t, testnet.Discard) }, context.DeadlineExceeded},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.apart()
			r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
			r.values(2)
			broker := w.cluster.ListenAddrs()[1]
			began := time.Now()
			w.network.lead(broker, test.to(t))
			err := r.report(test.cause)
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
			t.Log(err)
			w.produce(&kgo.Record{Topic: "t", Partition: 0, Value: []byte("of the other")})
			if got := r.values(1); got[0] != "of the other" {
				t.Error(got)
			}
			w.network.lead(broker, broker)
			w.produce(&kgo.Record{Topic: "t", Partition: 1, Value: []byte("back again")})
			if got := r.values(1); got[0] != "back again" {
				t.Error(got)
			}
		})
	}
}
