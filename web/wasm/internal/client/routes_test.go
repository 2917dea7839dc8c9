//go:build !js

package client

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// TestADeniedLeaderFailsItsRecordsAtOnce holds for a bridge that lists one of several brokers.
func TestADeniedLeaderFailsItsRecordsAtOnce(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(2, "t"))
	for p := range int32(2) {
		if err := cluster.MoveTopicPartition("t", p, p); err != nil {
			t.Fatal(err)
		}
	}
	for _, idempotent := range []bool{true, false} {
		ctx, page, _ := connectTo(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()[:1]})})
		denied, stored := &kgo.Record{Topic: "t", Partition: 1}, &kgo.Record{Topic: "t", Partition: 0}
		// The second time franz-go has tried already.
		for range 2 {
			way := object{"timeout": time.Hour.Milliseconds(), "idempotent": idempotent}
			results := resultsOf(ctx, t, startProduce(page, way, denied, stored, denied))
			for _, i := range []int{0, 2} {
				e, ok := results[i].(*port.Error)
				if !ok || e.Code != codeDenied || e.Retriable || e.OutcomeUnknown || e.Topic != "t" || *e.Partition != 1 {
					t.Errorf("idempotent %v: record %d: %+v", idempotent, i, results[i])
				}
			}
			offsetOf(t, results[1])
		}
	}
}

// TestALeaderThatIsNoLongerDeniedTakesRecords holds for a partition that moves to a broker which the bridge lists.
func TestALeaderThatIsNoLongerDeniedTakesRecords(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	move := func(broker int32) {
		if err := cluster.MoveTopicPartition("t", 0, broker); err != nil {
			t.Fatal(err)
		}
	}
	move(1)
	ctx, page, _ := connectTo(t, object{"bridge": bridgeTo(t, bridge.Config{Brokers: cluster.ListenAddrs()[:1]})})
	way := object{"timeout": time.Hour.Milliseconds()}
	if e, ok := resultsOf(ctx, t, startProduce(page, way, to("denied")))[0].(*port.Error); !ok || e.Code != codeDenied {
		t.Fatalf("%+v", e)
	}
	move(0)
	for {
		result := resultsOf(ctx, t, startProduce(page, way, to("stored")))[0]
		if e, ok := result.(*port.Error); ok && e.Code == codeDenied {
			continue // the client hasn't learned of the move
		}
		offsetOf(t, result)
		return
	}
}
