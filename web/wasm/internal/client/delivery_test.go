//go:build !js

package client

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// hold has brokers leave requests of an API unanswered. It returns a channel of those that come.
func hold(cluster *kfake.Cluster, api kmsg.Key) <-chan struct{} {
	came := make(chan struct{}, 16)
	cluster.ControlKey(int16(api), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		came <- struct{}{}
		return nil, nil, true
	})
	return came
}

// await waits for a request that hold holds.
func await(ctx context.Context, t *testing.T, came <-chan struct{}) {
	t.Helper()
	select {
	case <-came:
	case <-ctx.Done():
		t.Fatal("the request didn't come")
	}
}

func TestTheOutcomeIsUnknownOnlyOnceARecordIsSent(t *testing.T) {
	for _, test := range []struct {
		name    string
		held    kmsg.Key
		way     map[string]any
		abort   bool
		unknown bool
		code    string
	}{
		{"no answer", kmsg.Produce, map[string]any{"timeout": 5000}, false, true, codeTimeout},
		{"no answer, aborted", kmsg.Produce, nil, true, true, port.CodeAborted},
		{"no answer, not idempotent", kmsg.Produce, map[string]any{"timeout": 5000, "idempotent": false}, false, true, codeTimeout},
		{"not sent", kmsg.InitProducerID, map[string]any{"timeout": 5000}, false, false, codeTimeout},
		{"not sent, aborted", kmsg.InitProducerID, nil, true, false, port.CodeAborted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cluster := newFake(t, kfake.SeedTopics(1, "t"))
			came := hold(cluster, test.held)
			ctx, page, _ := connectFake(t, cluster)
			call := startProduce(page, test.way, to("v"))
			call.Item(ctx)
			await(ctx, t, came)
			if test.abort {
				call.Cancel()
			}
			e, ok := resultsOf(ctx, t, call)[0].(*port.Error)
			if !ok || e.Code != test.code || e.OutcomeUnknown != test.unknown || e.Topic != "t" {
				t.Errorf("%+v, want %s, unknown %v", e, test.code, test.unknown)
			}
		})
	}
}

func TestATimeoutSaysWhyThereIsNoConnection(t *testing.T) {
	config := bridge.Config{Brokers: newCluster(t, kfake.SeedTopics(1, "t"))}
	var c changing
	c.change(bridgetest.New(t, config))
	ctx, page, _ := connectTo(t, object{"bridge": bridgetest.Serve(t, &c) + "/kafka"})
	store(ctx, t, page, to("v"))
	c.change(nil)
	e, ok := resultsOf(ctx, t, startProduce(page, object{"timeout": 500}, to("v")))[0].(*port.Error)
	if !ok || e.Code != codeTimeout || !strings.Contains(e.Message, "not acknowledged within 500ms: ") || !strings.Contains(e.Message, "502") {
		t.Errorf("%+v", e)
	}
}

func TestClosingTellsOfEachRecordWhetherItMayBeStored(t *testing.T) {
	for api, unknown := range map[kmsg.Key]bool{kmsg.Produce: true, kmsg.InitProducerID: false} {
		cluster := newFake(t, kfake.SeedTopics(1, "t"))
		came := hold(cluster, api)
		ctx, page, connection := connectFake(t, cluster)
		call := startProduce(page, nil, to("v"))
		await(ctx, t, came)
		connection.Cancel()
		e, ok := resultsOf(ctx, t, call)[0].(*port.Error)
		if !ok || e.Code != codeClosed || e.OutcomeUnknown != unknown {
			t.Errorf("%s held: %+v", api.Name(), e)
		}
	}
}

// TestGivingUpLeavesRecordsToFranzGo holds with -race: what isn't decided is franz-go's, which chooses partitions.
func TestGivingUpLeavesRecordsToFranzGo(t *testing.T) {
	d := newDelivery(new(producer), []*kgo.Record{{Topic: "t", Partition: anyPartition}, {Topic: "t", Partition: 3}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	chosen := make(chan struct{})
	go func() {
		defer close(chosen)
		d.records[0].Partition = 7
	}()
	d.giveUp(ctx)
	<-chosen
	first, second := d.results[0].(*port.Error), d.results[1].(*port.Error)
	if !first.OutcomeUnknown || first.Partition != nil || first.Topic != "t" {
		t.Errorf("a record whose partition isn't known: %+v", first)
	}
	if second.Partition == nil || *second.Partition != 3 {
		t.Errorf("a record of partition 3: %+v", second)
	}
}

func TestACallThatEndsTakesNoOtherAlong(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	came, release := make(chan struct{}, 16), make(chan struct{})
	cluster.ControlKey(int16(kmsg.InitProducerID), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		came <- struct{}{}
		cluster.SleepControl(func() { <-release })
		return nil, nil, false
	})
	ctx, page, _ := connectFake(t, cluster)
	ending := startProduce(page, nil, to("ends"))
	ending.Item(ctx)
	await(ctx, t, came)
	other := startProduce(page, nil, to("a"), to("b"))
	other.Item(ctx)
	ending.Cancel()
	if e, ok := resultsOf(ctx, t, ending)[0].(*port.Error); !ok || e.Code != port.CodeAborted || e.OutcomeUnknown {
		t.Errorf("the call that ended: %+v", e)
	}
	close(release)
	for i, result := range resultsOf(ctx, t, other) {
		if offset := offsetOf(t, result); offset != int64(i) {
			t.Errorf("record %d has offset %d", i, offset)
		}
	}
}

func TestABrokersAnswerLeavesNothingOpen(t *testing.T) {
	for _, test := range []struct {
		err  error
		open bool
	}{
		{kerr.MessageTooLarge, false},
		{kerr.TopicAuthorizationFailed, false},
		{kerr.NotLeaderForPartition, false},
		{kerr.RequestTimedOut, true},
		{kerr.NotEnoughReplicasAfterAppend, true},
		{kerr.UnknownServerError, true},
		{errors.New("the connection broke"), true},
	} {
		if got := leavesOpen(test.err); got != test.open {
			t.Errorf("%v: %v", test.err, got)
		}
	}
}
