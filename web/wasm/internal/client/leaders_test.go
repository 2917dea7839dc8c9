//go:build !js

package client

import (
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// newsIsLate has the leaders of a cluster not know of their partitions, as brokers don't right after these were made:
// not for the first answers to a request of each API.
func newsIsLate(cluster *kfake.Cluster, answers int32) (refused *atomic.Int32) {
	refused = new(atomic.Int32)
	var offsets atomic.Int32
	cluster.ControlKey(int16(kmsg.ListOffsets), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		if offsets.Add(1) > answers {
			return nil, nil, false
		}
		refused.Add(1)
		resp := r.ResponseKind().(*kmsg.ListOffsetsResponse)
		for _, asked := range r.(*kmsg.ListOffsetsRequest).Topics {
			t := kmsg.NewListOffsetsResponseTopic()
			t.Topic = asked.Topic
			for _, of := range asked.Partitions {
				p := kmsg.NewListOffsetsResponseTopicPartition()
				p.Partition, p.ErrorCode = of.Partition, kerr.UnknownTopicOrPartition.Code
				t.Partitions = append(t.Partitions, p)
			}
			resp.Topics = append(resp.Topics, t)
		}
		return resp, nil, true
	})
	return refused
}

func TestATopicThatWasMadeHasItsLeaders(t *testing.T) {
	const late = 8 // more than Locate asks again
	for method, options := range map[string]object{
		"createTopic":      {"name": "new", "partitions": 2, "replication": 1},
		"createPartitions": {"topic": "t", "total": 3},
	} {
		t.Run(method, func(t *testing.T) {
			cluster := newFake(t, kfake.SeedTopics(1, "t"))
			ctx, page, _ := connectFake(t, cluster)
			refused := newsIsLate(cluster, late)
			do(ctx, t, page, method, options)
			if n := refused.Load(); n != late {
				t.Errorf("it resolved after %d of %d answers that a leader doesn't know the topic", n, late)
			}
		})
	}
}

// TestATopicThatMayNotBeSeenIsMade holds for a client that may create topics, and not describe them.
func TestATopicThatMayNotBeSeenIsMade(t *testing.T) {
	cluster := newFake(t)
	ctx, page, _ := connectFake(t, cluster)
	var asked atomic.Int32
	cluster.ControlKey(int16(kmsg.Metadata), func(r kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		req := r.(*kmsg.MetadataRequest)
		if len(req.Topics) == 0 {
			return nil, nil, false
		}
		asked.Add(1)
		resp := r.ResponseKind().(*kmsg.MetadataResponse)
		t := kmsg.NewMetadataResponseTopic()
		t.Topic, t.ErrorCode = req.Topics[0].Topic, kerr.TopicAuthorizationFailed.Code
		resp.Topics = append(resp.Topics, t)
		return resp, nil, true
	})
	do(ctx, t, page, "createTopic", object{"name": "new", "partitions": 1, "replication": 1})
	if n := asked.Load(); n != 1 {
		t.Errorf("it was looked for %d times", n)
	}
}
