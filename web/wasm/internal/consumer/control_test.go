//go:build !js

package consumer_test

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// position is what the page sends for one.
func position(t *testing.T, text string) (p consumer.Position) {
	t.Helper()
	if err := p.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAPausedPartitionRests(t *testing.T) {
	w := newWorld(t)
	w.create("t", 2)
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	w.produce(&kgo.Record{Topic: "t", Partition: 0, Value: []byte("before")})
	w.produce(&kgo.Record{Topic: "t", Partition: 1, Value: []byte("before")})
	r.values(2)
	r.Pause(consumer.Paused{Others: []consumer.TopicPartition{{Topic: "t", Partition: 0}}})
	w.produce(&kgo.Record{Topic: "t", Partition: 0, Value: []byte("paused")})
	w.produce(&kgo.Record{Topic: "t", Partition: 1, Value: []byte("other")})
	if got := r.values(1); got[0] != "other" {
		t.Errorf("what came while the partition was paused is %q", got)
	}
	r.Pause(consumer.Paused{})
	if got := r.values(1); got[0] != "paused" {
		t.Error(got)
	}
	r.Pause(consumer.Paused{All: true})
	w.produce(&kgo.Record{Topic: "t", Partition: 0, Value: []byte("all paused")})
	r.Pause(consumer.Paused{})
	if got := r.values(1); got[0] != "all paused" {
		t.Error(got)
	}
}

// TestWhatThePageGivesBackIsSentAgain holds that it is counted once, and that what was under way meanwhile can be told
// from it by its number.
func TestWhatThePageGivesBackIsSentAgain(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(6)...)
	tp := consumer.TopicPartition{Topic: "t"}
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest", "maxBatchRecords": 1, "filter": map[string]any{"text": "value", "value": true}})
	r.values(6)
	r.Pause(consumer.Paused{Others: []consumer.TopicPartition{tp}, Back: []consumer.Back{{TopicPartition: tp, Batch: 3, Number: 3}}})
	if p := r.Progress(); p.Scanned != 2 || p.Matched != 2 || p.Partitions[0].Position != 2 {
		t.Errorf("paused: %+v", p)
	}
	r.Pause(consumer.Paused{})
	for offset := int64(2); offset < 6; offset++ {
		if b := r.batch(); b.Seek != 3 || b.Records[0].Offset != offset {
			t.Errorf("a batch of number %d has offset %d, want 3 and %d", b.Seek, b.Records[0].Offset, offset)
		}
	}
	r.Pause(consumer.Paused{Back: []consumer.Back{{TopicPartition: tp, Batch: 1, Number: 2}}}) // it has sought since
	if p := r.Progress(); p.Scanned != 6 || p.Matched != 6 || p.Partitions[0].Position != 6 {
		t.Errorf("in the end: %+v", p)
	}
}

func TestSeek(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(10)...)
	tp := consumer.TopicPartition{Topic: "t"}
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "latest"})
	for number, test := range []struct {
		to   string
		want int64
	}{{`"earliest"`, 0}, {`{"offset": "7"}`, 7}, {`{"last": 1}`, 9}, {`{"offset": "3"}`, 3}} {
		if err := r.Seek(w.ctx, tp, position(t, test.to), uint32(number+1)); err != nil {
			t.Fatal(err)
		}
		b := r.batch()
		for b.Seek != uint32(number+1) {
			b = r.batch() // of before
		}
		if b.Records[0].Offset != test.want {
			t.Errorf("after a seek to %s, the batch begins at %d, want %d", test.to, b.Records[0].Offset, test.want)
		}
	}
	if err := r.Seek(w.ctx, consumer.TopicPartition{Topic: "t", Partition: 7}, consumer.Position{}, 9); !errors.Is(err, kerr.UnknownTopicOrPartition) {
		t.Error(err)
	}
}

func TestASeekBackIsReadToTheSameEnd(t *testing.T) {
	w := newWorld(t)
	w.create("t", 2)
	w.write("t", numbered(4)...)
	r := w.read(map[string]any{"partitions": []any{
		map[string]any{"topic": "t", "partition": 0, "until": "4"},
		map[string]any{"topic": "t", "partition": 1, "until": "1"},
	}, "from": "earliest"})
	r.values(4)
	if err := r.Seek(w.ctx, consumer.TopicPartition{Topic: "t"}, position(t, `{"offset": "2"}`), 1); err != nil {
		t.Fatal(err)
	}
	r.values(2)
	w.produce(&kgo.Record{Topic: "t", Partition: 0, Value: []byte("beyond")})
	w.produce(&kgo.Record{Topic: "t", Partition: 1, Value: []byte("the end")})
	if got := offsets(r.rest()); len(got[0]) != 0 || len(got[1]) != 1 {
		t.Errorf("then came %v", got)
	}
}

func TestRecord(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(3)...)
	w.transact(kgo.TryCommit, "in a transaction") // 4 is the marker
	for offset, want := range []string{"value 0", "value 1", "value 2", "in a transaction", "", "", ""} {
		got, err := w.record("t", int64(offset))
		if err != nil || got != want {
			t.Errorf("the record at %d is %q, %v; want %q", offset, got, err, want)
		}
	}
	if _, err := w.record("missing", 0); !errors.Is(err, kerr.UnknownTopicOrPartition) {
		t.Error(err)
	}
}
