//go:build !js

package consumer_test

import (
	"context"
	"errors"
	"testing"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// assigned starts a Consumer whose partitions a group assigns.
func (w *world) assigned(options map[string]any, more ...func(*consumer.Config)) *reading {
	return w.readWith(options, func(c *consumer.Config, o *consumer.Options) {
		o.Assigned = true
		for _, set := range more {
			set(c)
		}
	})
}

func TestAnAssignedPartitionIsReadOnceItsOffsetIsKnown(t *testing.T) {
	w := newWorld(t)
	w.create("t", 2)
	w.write("t", numbered(5)...)
	r := w.assigned(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	tp := consumer.TopicPartition{Topic: "t"}
	if err := r.Seek(w.ctx, tp, position(t, `"earliest"`), 1); !errors.Is(err, consumer.ErrNotAssigned) {
		t.Errorf("a seek in a partition that isn't assigned: %v", err)
	}
	r.Assign([]consumer.TopicPartition{tp})
	if p := r.Progress(); len(p.Partitions) != 0 {
		t.Errorf("before its offset is known the progress is %v", p)
	}
	r.Begin(map[consumer.TopicPartition]int64{tp: 3})
	if got := r.values(2); got[0] != "value 3" {
		t.Errorf("it begins with %q", got[0])
	}
	r.Revoke([]consumer.TopicPartition{tp})
	r.RevokedAt(7)
	r.Assign([]consumer.TopicPartition{tp})
	r.Begin(map[consumer.TopicPartition]int64{tp: -1})
	if b := r.batch(); b.Seek != 7 || b.Records[0].Offset != 0 {
		t.Errorf("assigned again, it begins at %d, with number %d", b.Records[0].Offset, b.Seek)
	}
}

func TestASeekBeforeTheOffsetIsKnownCounts(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(5)...)
	tp := consumer.TopicPartition{Topic: "t"}
	r := w.assigned(map[string]any{"topics": []string{"t"}}, func(c *consumer.Config) {
		c.Committed = func(context.Context, consumer.TopicPartition) (int64, error) { return 2, nil }
	})
	r.Assign([]consumer.TopicPartition{tp})
	if err := r.Seek(w.ctx, tp, position(t, `{"offset": "4"}`), 1); err != nil {
		t.Fatal(err)
	}
	r.Begin(map[consumer.TopicPartition]int64{tp: 0})
	if b := r.batch(); b.Records[0].Offset != 4 {
		t.Errorf("it begins at %d", b.Records[0].Offset)
	}
	if err := r.Seek(w.ctx, tp, position(t, `"committed"`), 2); err != nil {
		t.Fatal(err)
	}
	if b := r.batch(); b.Records[0].Offset != 2 {
		t.Errorf("what is committed is %d", b.Records[0].Offset)
	}
}

func TestAMemberEndsOnceTheLoopHasAll(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(2)...)
	tp := consumer.TopicPartition{Topic: "t"}
	draining, drained := make(chan struct{}, 2), make(chan error)
	r := w.assigned(map[string]any{"topics": []string{"t"}, "from": "earliest", "until": "end"}, func(c *consumer.Config) {
		c.Drain = func(ctx context.Context) error {
			draining <- struct{}{}
			select {
			case err := <-drained:
				return err
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	})
	r.Assign([]consumer.TopicPartition{tp})
	r.Begin(map[consumer.TopicPartition]int64{tp: -1})
	r.values(2)
	<-draining
	if err := r.Seek(w.ctx, tp, position(t, `"earliest"`), 1); err != nil { // there is more to read
		t.Fatal(err)
	}
	r.values(2)
	drained <- nil // the first
	<-draining
	select {
	case err := <-r.ended:
		t.Fatalf("it ended with %v", err)
	case drained <- nil:
	}
	r.rest()
}
