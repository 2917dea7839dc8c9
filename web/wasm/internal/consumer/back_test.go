//go:build !js

package consumer_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// giveBack pauses partition 0 of t, gives its batches back from the nth that came on, and resumes.
func (r *reading) giveBack(nth int64, number uint32) {
	tp := consumer.TopicPartition{Topic: "t"}
	r.Pause(consumer.Paused{All: true, Back: []consumer.Back{{TopicPartition: tp, Batch: nth, Number: number}}})
	r.Pause(consumer.Paused{})
}

// wantAgain holds that the next records have some offsets, in batches of a number.
func (r *reading) wantAgain(number uint32, offsets ...int64) {
	r.Helper()
	for _, want := range offsets {
		if b := r.batch(); b.Seek != number || b.Records[0].Offset != want {
			r.Errorf("a batch of number %d has offset %d, want %d and %d", b.Seek, b.Records[0].Offset, number, want)
		}
	}
}

// TestWhatThePageGivesBackOfATopicThatWasMadeAgainIsOfTheNewOne holds that no new record is skipped because old ones,
// with higher offsets, go back with it.
func TestWhatThePageGivesBackOfATopicThatWasMadeAgainIsOfTheNewOne(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(6)...)
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest", "maxBatchRecords": 1})
	r.values(6)
	if err := w.cluster.DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	w.create("t", 1)
	w.writer = w.client(kgo.RecordPartitioner(kgo.ManualPartitioner())) // the other one knows the topic that is gone
	w.write("t", numbered(3)...)
	r.values(3)
	r.giveBack(4, 1) // the page has three old batches, and all new ones
	r.wantAgain(1, 0, 1, 2)
	r.giveBack(11, 2) // it has two of the new ones
	r.wantAgain(2, 1, 2)
	if p := r.Progress(); p.Partitions[0].Position != 3 {
		t.Errorf("the progress is %+v", p)
	}
}

// TestWhatThePageGivesBackAfterALossIsReadAnew holds that reading goes back to the first record that the page gives
// back, but never beyond what the leader has lost.
func TestWhatThePageGivesBackAfterALossIsReadAnew(t *testing.T) {
	for name, lose := range map[string]func(p *kmsg.FetchResponseTopicPartition, epoch int32){
		"a diverging epoch": func(p *kmsg.FetchResponseTopicPartition, epoch int32) {
			p.DivergingEpoch = kmsg.FetchResponseTopicPartitionDivergingEpoch{Epoch: epoch - 1, EndOffset: 3}
		},
		"out of range": func(p *kmsg.FetchResponseTopicPartition, _ int32) { p.ErrorCode = kerr.OffsetOutOfRange.Code },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.create("t", 1)
			w.write("t", numbered(5)...)
			epoch := int32(binary.BigEndian.Uint32(w.stored()[12:]))
			var lost, said atomic.Bool
			w.listEnds(&lost, 3)
			w.lie(func(a kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
				if !lost.Load() || a.FetchOffset < 5 || said.Swap(true) {
					return false
				}
				lose(p, epoch)
				return true
			})
			r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest", "maxBatchRecords": 1})
			r.values(5)
			lost.Store(true)
			if err := r.report(nil); !strings.Contains(err.Error(), "lost the records from offset 3 to 4") {
				t.Error(err)
			}
			if got := r.values(2); !slices.Equal(got, numbered(5)[3:]) { // batches 6 and 7
				t.Errorf("then came %q", got)
			}
			r.giveBack(5, 1) // the last that is lost, and what came for it
			r.wantAgain(1, 3, 4)
			r.giveBack(2, 2) // and what isn't lost
			r.wantAgain(2, 1, 2, 3, 4)
		})
	}
}
