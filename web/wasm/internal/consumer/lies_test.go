//go:build !js

package consumer_test

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// stored returns what a broker sends of partition 0 of t, from its beginning.
func (w *world) stored() []byte {
	w.Helper()
	meta := kmsg.NewPtrMetadataRequest()
	name := "t"
	meta.Topics = []kmsg.MetadataRequestTopic{{Topic: &name}}
	m, err := meta.RequestWith(w.ctx, w.writer)
	if err != nil {
		w.Fatal(err)
	}
	req := kmsg.NewPtrFetchRequest()
	req.MaxBytes = math.MaxInt32
	topic := kmsg.NewFetchRequestTopic()
	topic.Topic, topic.TopicID = name, m.Topics[0].TopicID
	p := kmsg.NewFetchRequestTopicPartition()
	p.PartitionMaxBytes = math.MaxInt32
	topic.Partitions = append(topic.Partitions, p)
	req.Topics = append(req.Topics, topic)
	resp, err := w.writer.Broker(int(m.Topics[0].Partitions[0].Leader)).Request(w.ctx, req)
	if err != nil {
		w.Fatal(err)
	}
	return resp.(*kmsg.FetchResponse).Topics[0].Partitions[0].RecordBatches
}

// lie has the brokers answer fetches of one partition as script says, which is called for each; false: truly.
func (w *world) lie(script func(asked kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool) (fetches *atomic.Int32) {
	fetches = new(atomic.Int32)
	w.cluster.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		fetches.Add(1)
		req := r.(*kmsg.FetchRequest)
		p := kmsg.NewFetchResponseTopicPartition()
		p.HighWatermark, p.LastStableOffset, p.LogStartOffset = 100, 100, 0
		if !script(req.Topics[0].Partitions[0], &p) {
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.FetchResponse)
		topic := kmsg.NewFetchResponseTopic()
		topic.Topic, topic.TopicID = req.Topics[0].Topic, req.Topics[0].TopicID
		topic.Partitions = append(topic.Partitions, p)
		resp.Topics = append(resp.Topics, topic)
		return resp, nil, true
	})
	return fetches
}

// TestBrokersThatLieAreReported holds that the page learns of a broker whose answers lead nowhere, and that it
// isn't asked without end.
func TestBrokersThatLieAreReported(t *testing.T) {
	type partition = kmsg.FetchResponseTopicPartition
	for _, test := range []struct {
		name string
		lie  func(stored []byte, p *partition)
		want string
	}{
		{"another partition", func(stored []byte, p *partition) { p.Partition, p.RecordBatches = 7, stored }, "lacks the partition"},
		{"offsets from before", func(stored []byte, p *partition) { p.RecordBatches = stored }, "no whole batch of offset 2"},
		{"a part of a batch", func(stored []byte, p *partition) { p.RecordBatches = stored[:70] }, "no whole batch of offset 2"},
		{"no offset is in range", func(_ []byte, p *partition) { p.ErrorCode = kerr.OffsetOutOfRange.Code }, "doesn't have offset 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.create("t", 1)
			w.write("t", "0", "1", "2")
			stored := w.stored()
			stored = stored[:len(stored)*2/3]
			fetches := w.lie(func(asked kmsg.FetchRequestTopicPartition, p *partition) bool {
				if asked.FetchOffset < 2 {
					return false
				}
				test.lie(stored, p)
				return true
			})
			r := w.read(map[string]any{"topics": []string{"t"}, "from": map[string]any{"offset": "2"}})
			began := time.Now()
			if err := r.report(nil); !strings.Contains(err.Error(), test.want) {
				t.Errorf("the report is %v", err)
			}
			if n, most := fetches.Load(), 2+int32(time.Since(began)/(40*time.Millisecond)); n > most {
				t.Errorf("%d fetches in the time of %d", n, most)
			}
			if len(r.batches) > 0 {
				t.Errorf("a batch came: %+v", <-r.batches)
			}
		})
	}
}

func TestWhatIsNoBatchEndsTheReading(t *testing.T) {
	for name, at := range map[string]int{"a negative length": 8, "a negative offset": 0, "a wrong checksum": 17} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.create("t", 1)
			w.write("t", "0")
			stored := w.stored()
			stored[at] ^= 0xff
			w.lie(func(_ kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
				p.RecordBatches = stored
				return true
			})
			r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
			if err := <-r.ended; err == nil || !strings.Contains(err.Error(), "topic t, partition 0: ") {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// TestABrokerThatDoesNotWaitIsNotAskedWithoutEnd holds for a broker that answers with nothing, and at once.
func TestABrokerThatDoesNotWaitIsNotAskedWithoutEnd(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	var honest atomic.Bool
	asked := make(chan time.Time, 1024)
	w.lie(func(kmsg.FetchRequestTopicPartition, *kmsg.FetchResponseTopicPartition) bool {
		asked <- time.Now()
		return !honest.Load()
	})
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	first := <-asked
	<-asked
	if third := <-asked; third.Sub(first) < 800*time.Millisecond {
		t.Errorf("three fetches within %v", third.Sub(first))
	}
	honest.Store(true)
	w.write("t", "0")
	if got := r.values(1); got[0] != "0" {
		t.Error(got)
	}
}

// TestWhatALeaderLostIsReported holds that a consumer goes on where the records that it has read end, if a leader
// lost some of them and has others in their place (KIP-320).
func TestWhatALeaderLostIsReported(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(5)...)
	stored := w.stored()
	epoch := int32(binary.BigEndian.Uint32(stored[12:]))
	lost, asked := new(atomic.Bool), make(chan kmsg.FetchRequestTopicPartition, 1024)
	w.lie(func(a kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
		asked <- a
		if !lost.Load() || a.LastFetchedEpoch < 0 {
			return false
		}
		p.DivergingEpoch = kmsg.FetchResponseTopicPartitionDivergingEpoch{Epoch: epoch - 1, EndOffset: 3}
		return true
	})
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	r.values(5)
	lost.Store(true)
	if err := r.report(nil); !strings.Contains(err.Error(), "lost the records from offset 3 to 4") {
		t.Error(err)
	}
	lost.Store(false)
	if got := r.values(2); !slices.Equal(got, numbered(5)[3:]) {
		t.Errorf("then came %q", got)
	}
	if first := <-asked; first.LastFetchedEpoch != -1 || first.CurrentLeaderEpoch != epoch {
		t.Errorf("the first fetch is %+v", first)
	}
	if second := <-asked; second.FetchOffset != 5 || second.LastFetchedEpoch != epoch {
		t.Errorf("the second fetch is %+v", second)
	}
}

// TestASecondLossRightAfterTheFirstIsReported holds for a leader that changes again before anything was fetched.
func TestASecondLossRightAfterTheFirstIsReported(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	for _, leader := range []int32{0, 1, 0, 1} { // each begins an epoch
		if err := w.cluster.MoveTopicPartition("t", 0, leader); err != nil {
			t.Fatal(err)
		}
	}
	w.write("t", numbered(5)...)
	epoch := int32(binary.BigEndian.Uint32(w.stored()[12:]))
	if epoch < 2 {
		t.Fatalf("the epoch is %d", epoch)
	}
	var losses atomic.Int32
	w.lie(func(a kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
		switch n := losses.Load(); {
		case n == 1 && a.LastFetchedEpoch == epoch:
			p.DivergingEpoch = kmsg.FetchResponseTopicPartitionDivergingEpoch{Epoch: epoch - 1, EndOffset: 4}
			losses.Store(2)
		case n == 2 && a.LastFetchedEpoch == epoch-1:
			p.DivergingEpoch = kmsg.FetchResponseTopicPartitionDivergingEpoch{Epoch: epoch - 2, EndOffset: 2}
			losses.Store(3)
		case n == 3:
			return a.LastFetchedEpoch != epoch-2 // else truly
		default:
			return false
		}
		return true
	})
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	r.values(5)
	losses.Store(1)
	if got := r.values(3); !slices.Equal(got, numbered(5)[2:]) {
		t.Errorf("then came %q", got)
	}
}

// listEnds has the brokers say, once lost is set, that partitions end at an offset.
func (w *world) listEnds(lost *atomic.Bool, end int64) {
	w.cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		asked := r.(*kmsg.ListOffsetsRequest).Topics[0].Partitions[0]
		if !lost.Load() || asked.Timestamp != -1 {
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.ListOffsetsResponse)
		p := kmsg.NewListOffsetsResponseTopicPartition()
		p.Offset = end
		resp.Topics = []kmsg.ListOffsetsResponseTopic{{Topic: "t", Partitions: []kmsg.ListOffsetsResponseTopicPartition{p}}}
		return resp, nil, true
	})
}

func TestNegativeOffsetsAreReported(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0")
	var lies atomic.Bool
	lies.Store(true)
	w.listEnds(&lies, math.MinInt64)
	r := w.read(map[string]any{"topics": []string{"t"}, "from": map[string]any{"last": 1}})
	if err := r.report(nil); !strings.Contains(err.Error(), "offsets from 0 to -9223372036854775808") {
		t.Error(err)
	}
	lies.Store(false)
	if got := r.values(1); got[0] != "0" {
		t.Error(got)
	}
}

// TestTheEndThatABrokerLostIsWhereReadingGoesOn holds for a broker that knows nothing of what was lost.
func TestTheEndThatABrokerLostIsWhereReadingGoesOn(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", numbered(5)...)
	var lost atomic.Bool
	w.lie(func(a kmsg.FetchRequestTopicPartition, p *kmsg.FetchResponseTopicPartition) bool {
		if !lost.Load() || a.FetchOffset < 5 {
			return false
		}
		p.ErrorCode = kerr.OffsetOutOfRange.Code
		return true
	})
	w.listEnds(&lost, 4)
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	r.values(5)
	lost.Store(true)
	if got := r.values(1); got[0] != "value 4" {
		t.Errorf("then came %q", got)
	}
	if err := r.report(nil); !strings.Contains(err.Error(), "lost the records from offset 4 to 4") {
		t.Error(err)
	}
}
