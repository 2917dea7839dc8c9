//go:build !js

package client

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// TestATimeoutIsADenialOnlyOfThePartitionsLeader holds for a bridge that lists one of several brokers.
func TestATimeoutIsADenialOnlyOfThePartitionsLeader(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(2, "t"))
	for p := range int32(2) {
		if err := cluster.MoveTopicPartition("t", p, p); err != nil {
			t.Fatal(err)
		}
	}
	hold(cluster, kmsg.Produce) // so that the records for the broker that is listed time out, too
	allowed := &kgo.Record{Topic: "t", Partition: 0}
	denied := &kgo.Record{Topic: "t", Partition: 1}
	for _, idempotent := range []bool{true, false} {
		ctx, page, _ := connectTo(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()[:1]})})
		results := resultsOf(ctx, t, startProduce(page, object{"timeout": 3000, "idempotent": idempotent}, denied, allowed))
		e, ok := results[0].(*port.Error)
		if !ok || e.Code != codeDenied || e.Retriable || e.OutcomeUnknown || !strings.Contains(e.Message, "not acknowledged within 3s: ") {
			t.Errorf("idempotent %v: the leader is denied: %+v", idempotent, results[0])
		}
		e, ok = results[1].(*port.Error)
		if !ok || e.Code != codeTimeout || !e.Retriable || !e.OutcomeUnknown || e.Message != "not acknowledged within 3s" {
			t.Errorf("idempotent %v: the leader doesn't answer: %+v", idempotent, results[1])
		}
	}
}
