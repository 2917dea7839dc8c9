//go:build !js

package consumer_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
)

// describe has the brokers tell of the topic t what is so now, as edit changes it, while lies is set. It returns a
// channel of the questions for topics that they answer truly.
func (w *world) describe(lies *atomic.Bool, edit func(t *kmsg.MetadataResponseTopic)) (truths <-chan struct{}) {
	w.Helper()
	answered := make(chan struct{}, 1024)
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{{Topic: kmsg.StringPtr("t")}}
	truth, err := req.RequestWith(w.ctx, w.writer)
	if err != nil {
		w.Fatal(err)
	}
	w.cluster.ControlKey(int16(kmsg.Metadata), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		switch {
		case len(r.(*kmsg.MetadataRequest).Topics) == 0:
			return nil, nil, false
		case !lies.Load():
			answered <- struct{}{}
			return nil, nil, false
		}
		resp := r.ResponseKind().(*kmsg.MetadataResponse)
		resp.Brokers, resp.ControllerID = truth.Brokers, truth.ControllerID
		topic := truth.Topics[0]
		topic.Partitions = append([]kmsg.MetadataResponseTopicPartition(nil), topic.Partitions...)
		edit(&topic)
		resp.Topics = append(resp.Topics, topic)
		return resp, nil, true
	})
	return answered
}

// TestATopicWithoutAnIDIsRead holds for brokers whose inter.broker.protocol.version is from before topics had ids:
// they have the versions of Fetch that want one.
func TestATopicWithoutAnIDIsRead(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0")
	lies := new(atomic.Bool)
	lies.Store(true)
	truths := w.describe(lies, func(t *kmsg.MetadataResponseTopic) { t.TopicID = [16]byte{} })
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	if got := r.values(1); got[0] != "0" {
		t.Error(got)
	}
	lies.Store(false) // an upgrade gives it one, and it is the same topic
	<-truths
	<-truths // the answer to the first has come
	w.write("t", "1")
	if got := r.values(1); got[0] != "1" {
		t.Errorf("after the upgrade %q is read", got)
	}
}

func TestARecordWaitsForALeader(t *testing.T) {
	w := newWorld(t)
	w.create("t", 1)
	w.write("t", "0")
	lies := new(atomic.Bool)
	lies.Store(true)
	config := w.config()
	config.Backoff = func(int) time.Duration {
		lies.Store(false) // it tries again
		return time.Millisecond
	}
	w.describe(lies, func(t *kmsg.MetadataResponseTopic) {
		t.Partitions[0].Leader, t.Partitions[0].ErrorCode = -1, kerr.LeaderNotAvailable.Code
	})
	if b, err := consumer.Record(w.ctx, config, consumer.TopicPartition{Topic: "t"}, 0); err != nil || b == nil {
		t.Errorf("%v, %v", b, err)
	}
}

// TestAPartitionOfWhichALeaderLiesDoesNotStopTheOthers holds for partitions of one leader.
func TestAPartitionOfWhichALeaderLiesDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t, kfake.NumBrokers(1))
	w.create("t", 2)
	w.produce(&kgo.Record{Topic: "t", Partition: 1, Value: []byte("1")})
	w.cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		resp := r.ResponseKind().(*kmsg.ListOffsetsResponse)
		topic := kmsg.NewListOffsetsResponseTopic()
		topic.Topic = "t"
		for _, asked := range r.(*kmsg.ListOffsetsRequest).Topics[0].Partitions {
			p := kmsg.NewListOffsetsResponseTopicPartition()
			p.Partition, p.Offset = asked.Partition, int64(asked.Partition)-1 // 0 is the start of partition 1
			topic.Partitions = append(topic.Partitions, p)
		}
		resp.Topics = append(resp.Topics, topic)
		return resp, nil, true
	})
	r := w.read(map[string]any{"topics": []string{"t"}, "from": "earliest"})
	if got := r.values(1); got[0] != "1" {
		t.Error(got)
	}
	if err := r.report(nil); !strings.Contains(err.Error(), "offsets from -1 to -1") {
		t.Error(err)
	}
}
