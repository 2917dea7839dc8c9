//go:build !js

package consumer_test

import (
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
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
	told := make(map[string]bool)
	for len(told) < partitions {
		if err := r.report(nil); strings.Contains(err.Error(), "lost the records from offset 0 to 0") {
			told[err.Error()] = true
		}
	}
}
