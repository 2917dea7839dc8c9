//go:build !js

package consumer_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// locate finds a position, as the page sends it, in each partition of the topic t.
func (w *world) locate(position string) map[consumer.TopicPartition]consumer.Location {
	w.Helper()
	var at consumer.Position
	if err := json.Unmarshal([]byte(position), &at); err != nil {
		w.Fatal(err)
	}
	return consumer.Locate(w.ctx, w.config(), w.metadata(), at)
}

func (w *world) config() consumer.Config {
	return consumer.Config{
		Kafka: w.client(), Fatal: func(error) bool { return false }, Report: func(error) {},
		Backoff: func(int) time.Duration { return time.Millisecond },
	}
}

func (w *world) metadata() []kmsg.MetadataResponseTopic {
	w.Helper()
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{{Topic: kmsg.StringPtr("t")}}
	resp, err := req.RequestWith(w.ctx, w.writer)
	if err != nil {
		w.Fatal(err)
	}
	return resp.Topics
}

func TestLocatedRecordsAreVisibleOnes(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0", "1")
	w.transact(kgo.TryAbort, "2", "3") // 4 is the marker
	w.transact(kgo.TryCommit, "5")     // 6
	for n, want := range map[int]int64{0: 7, 1: 5, 2: 1, 3: 0, 9: 0} {
		l := w.locate(fmt.Sprintf(`{"last": %d}`, n))[consumer.TopicPartition{Topic: "t"}]
		if l.Err != nil || l.Offset != want || l.Start != 0 || l.End != 7 {
			t.Errorf("the last %d: %+v, want %d", n, l, want)
		}
	}
}

// TestTheLastRecordsAreFoundBeforeManyThatAreNone holds for a search whose last window has more records than are
// wanted.
func TestTheLastRecordsAreFoundBeforeManyThatAreNone(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(30)...)
	w.transact(kgo.TryAbort, numbered(20)...) // 50 is the marker
	for n, want := range map[int]int64{1: 29, 2: 28, 3: 27, 29: 1, 30: 0, 31: 0} {
		l := w.locate(fmt.Sprintf(`{"last": %d}`, n))[consumer.TopicPartition{Topic: "t"}]
		if l.Err != nil || l.Offset != want || l.End != 51 {
			t.Errorf("the last %d: %+v, want %d", n, l, want)
		}
	}
}

func TestLocateFollowsALeaderThatMoves(t *testing.T) {
	w := newWorld(t)
	w.create("t", 2)
	w.write("t", "v")
	moved := w.metadata()
	for p := range int32(2) {
		if err := w.cluster.MoveTopicPartition("t", p, 1-w.cluster.LeaderFor("t", p)); err != nil {
			t.Fatal(err)
		}
	}
	found := consumer.Locate(w.ctx, w.config(), moved, consumer.Latest)
	if l := found[consumer.TopicPartition{Topic: "t"}]; len(found) != 2 || l.Err != nil || l.Offset != 1 {
		t.Errorf("%+v", found)
	}
}

func TestAPartitionThatCannotBeLocatedSaysWhy(t *testing.T) {
	w := newWorld(t)
	w.create("t", 2)
	topics := w.metadata()
	topics[0].Partitions[0].Leader = -1
	none, other := topics[0].Partitions[0].Partition, topics[0].Partitions[1].Partition
	found := consumer.Locate(w.ctx, w.config(), topics, consumer.Earliest)
	if err := found[consumer.TopicPartition{Topic: "t", Partition: none}].Err; err != kerr.LeaderNotAvailable {
		t.Errorf("without a leader: %v", err)
	}
	if err := found[consumer.TopicPartition{Topic: "t", Partition: other}].Err; err != nil {
		t.Errorf("with one: %v", err)
	}
}

func TestTimesAreThoseOfTheNextRecords(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.produce(&kgo.Record{Topic: "t", Timestamp: time.UnixMilli(1000)})
	w.transact(kgo.TryAbort, "1") // 2 is the marker
	w.produce(&kgo.Record{Topic: "t", Timestamp: time.UnixMilli(3000)})
	tp := consumer.TopicPartition{Topic: "t"}
	for offset, want := range map[int64]int64{0: 1000, 2: 3000, 3: 3000} {
		if got := consumer.Times(w.ctx, w.config(), w.metadata(), map[consumer.TopicPartition]int64{tp: offset}); got[tp] != want {
			t.Errorf("at %d: %v, want %d", offset, got, want)
		}
	}
	if got := consumer.Times(w.ctx, w.config(), w.metadata(), map[consumer.TopicPartition]int64{tp: 4}); len(got) != 0 {
		t.Errorf("at the end: %v", got)
	}
}
