//go:build !js

package consumer_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// TestWhatIsLostOfEachPartitionIsReported holds that no loss goes untold because something else was reported less
// than a second ago: unlike a broker that can't be reached, it doesn't happen again.
func TestWhatIsLostOfEachPartitionIsReported(t *testing.T) {
	w := newWorld(t)
	const partitions = 4
	w.create("t", partitions)
	for p := range int32(partitions) {
		w.produce(&kgo.Record{Topic: "t", Partition: p, Value: []byte("old")})
	}
	var lost atomic.Bool
	w.cluster.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		req, resp := r.(*kmsg.FetchRequest), r.ResponseKind().(*kmsg.FetchResponse)
		topic := kmsg.NewFetchResponseTopic()
		topic.TopicID = req.Topics[0].TopicID
		for _, asked := range req.Topics[0].Partitions {
			if lost.Load() && asked.LastFetchedEpoch >= 0 {
				p := kmsg.NewFetchResponseTopicPartition()
				p.Partition, p.DivergingEpoch.Epoch, p.DivergingEpoch.EndOffset = asked.Partition, 0, 0
				topic.Partitions = append(topic.Partitions, p)
			}
		}
		resp.Topics = append(resp.Topics, topic)
		return resp, nil, len(topic.Partitions) > 0
	})
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	r.values(partitions)
	lost.Store(true)
	r.values(partitions) // although the broker says it of each fetch that names an epoch
	lost.Store(false)
	told := make(map[string]bool)
	for len(told) < partitions {
		if err := r.report(nil); strings.Contains(err.Error(), "lost the records from offset 0 to 0") {
			told[err.Error()] = true
		}
	}
}

// TestWhatIsLostWhileAPartitionIsPausedIsReported holds that the first fetch after a pause tells the broker what was
// read before, also if the page has given some of it back.
func TestWhatIsLostWhileAPartitionIsPausedIsReported(t *testing.T) {
	tp := consumer.TopicPartition{Topic: "t"}
	for name, test := range map[string]struct {
		back []consumer.Back
		from int64
	}{
		"after what was sent": {nil, 5},
		"after what it kept":  {[]consumer.Back{{TopicPartition: tp, Batch: 5, Number: 1}}, 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.create("t", 1)
			for _, leader := range []int32{0, 1} { // each begins an epoch
				if err := w.cluster.MoveTopicPartition("t", 0, leader); err != nil {
					t.Fatal(err)
				}
			}
			w.write("t", numbered(5)...)
			epoch := int32(binary.BigEndian.Uint32(w.stored()[12:]))
			var lost atomic.Bool
			w.lie(func(a kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
				if !lost.Load() || a.FetchOffset != test.from {
					return false
				}
				if a.LastFetchedEpoch != epoch {
					t.Errorf("a fetch after the pause is %+v, and the epoch is %d", a, epoch)
					return false
				}
				p.DivergingEpoch = kmsg.FetchResponseTopicPartitionDivergingEpoch{Epoch: epoch - 1, EndOffset: 2}
				return true
			})
			r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest", "maxBatchRecords": 1})
			r.values(5)
			r.Pause(consumer.Paused{All: true, Back: test.back})
			lost.Store(true)
			r.Pause(consumer.Paused{})
			if err := r.report(nil); !strings.Contains(err.Error(), fmt.Sprintf("lost the records from offset 2 to %d", test.from-1)) {
				t.Error(err)
			}
		})
	}
}

// TestWhatIsLostBeforeItWasSentIsReadAnew holds that what the broker has in place of lost records comes, also while
// the lost ones are still queued: here the page has room for the first record alone.
func TestWhatIsLostBeforeItWasSentIsReadAnew(t *testing.T) {
	for name, lose := range map[string]func(p *kmsg.FetchResponseTopicPartition){
		"a diverging epoch": func(p *kmsg.FetchResponseTopicPartition) { p.DivergingEpoch.Epoch, p.DivergingEpoch.EndOffset = 0, 3 },
		"out of range":      func(p *kmsg.FetchResponseTopicPartition) { p.ErrorCode = kerr.OffsetOutOfRange.Code },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.create("t", 1)
			for _, v := range []string{"old 0", "old 1", "old 2", "old 3", "old 4", "new 3", "new 4"} {
				w.write("t", v)
			}
			stored := w.stored()
			size := len(stored) / 7
			anew := slices.Concat(stored[:3*size], stored[5*size:]) // what the broker has after the loss
			binary.BigEndian.PutUint64(anew[3*size:], 3)
			binary.BigEndian.PutUint64(anew[4*size:], 4)
			var lost atomic.Bool
			room, readAgain := make(chan struct{}), make(chan struct{})
			w.listEnds(&lost, 3)
			w.lie(func(asked kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
				switch at := int(asked.FetchOffset); {
				case lost.Load() && at < 5:
					close(readAgain)
					p.RecordBatches = anew[at*size:]
				case at == 0:
					p.RecordBatches = stored[:5*size]
				case at == 5 && !lost.Load():
					lost.Store(true)
					lose(p)
				}
				return true
			})
			r := w.readWith(map[string]any{"topics": []string{"t"}, "from": "earliest", "maxBatchRecords": 1}, func(c *consumer.Config, _ *consumer.Options) {
				send := c.Send
				c.Send = func(b []byte) error {
					<-room
					return send(b)
				}
			})
			<-readAgain
			close(room)
			if got, want := r.values(5), []string{"old 0", "old 1", "old 2", "new 3", "new 4"}; !slices.Equal(got, want) {
				t.Errorf("%q came, want %q", got, want)
			}
		})
	}
}
