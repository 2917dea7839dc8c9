//go:build !js

package client

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestTheClusterTellsOfItsBrokers(t *testing.T) {
	cluster := newFake(t, kfake.NumBrokers(3))
	ctx, page, _ := connectFake(t, cluster)
	got := do(ctx, t, page, "cluster", nil).(object)
	brokers := got["brokers"].([]any)
	if got["clusterId"] != "fake" || got["controller"].(float64) < 0 || len(brokers) != 3 || got["version"] == "" {
		t.Errorf("%v", got)
	}
	for i, addr := range cluster.ListenAddrs() {
		b := brokers[i].(object)
		if got := fmt.Sprintf("%v:%v", b["host"], b["port"]); b["id"] != float64(i) || got != addr || b["reachable"] != true || b["error"] != nil {
			t.Errorf("broker %d is %v", i, b)
		}
	}
	if allowed := got["allowed"].([]any); !slices.Contains(allowed, any("CreateTopics")) || !slices.Contains(allowed, any("DescribeAcls")) {
		t.Errorf("allowed: %v", allowed)
	}
}

func TestABrokerThatDoesNotAnswerIsTold(t *testing.T) {
	for silent := range 2 { // either may be the one that the client would ask for the brokers
		t.Run(fmt.Sprint(silent), func(t *testing.T) {
			t.Parallel()
			cluster := newFake(t)
			ctx, page, _ := connectFake(t, cluster)
			cluster.ControlKey(-1, func(kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				return nil, nil, cluster.CurrentNode() == int32(silent)
			})
			for i, broker := range do(ctx, t, page, "cluster", nil).(object)["brokers"].([]any) {
				b := broker.(object)
				if i != silent && b["reachable"] != true {
					t.Errorf("broker %d, which answers: %v", i, b)
				}
				if i == silent && (b["reachable"] != false || b["error"].(*port.Error).Code != codeTimeout) {
					t.Errorf("broker %d, which doesn't: %v", i, b)
				}
			}
		})
	}
}

func TestAllowedIsWhatNothingForbids(t *testing.T) {
	answer := kmsg.NewPtrApiVersionsResponse()
	for _, key := range []kmsg.Key{kmsg.Produce, kmsg.Fetch, kmsg.CreateACLs, kmsg.DescribeLogDirs} {
		answer.ApiKeys = append(answer.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: int16(key)})
	}
	for _, test := range []struct {
		limits limits
		want   string
	}{
		{limits{operations: unknown}, "CreateAcls DescribeLogDirs Fetch Produce"},
		{limits{operations: describeCluster}, "DescribeLogDirs Fetch Produce"},
		{limits{operations: unknown, bridge: []string{"Fetch", "Metadata"}}, "Fetch"},
		{limits{operations: unknown, readOnly: true}, "DescribeLogDirs Fetch"},
	} {
		if got := strings.Join(test.limits.allow(answer), " "); got != test.want {
			t.Errorf("%+v: %s, want %s", test.limits, got, test.want)
		}
	}
}

func TestTheBridgesListIsAskedWithTheToken(t *testing.T) {
	brokers := newCluster(t)
	ctx, page := start(t, func(_ context.Context, _ uint32, callback string, argument any) (any, error) {
		if callback == "token" {
			return "secret", nil
		}
		if a := argument.(object); callback != "bridge.apis" || a["token"] != "secret" || !strings.HasPrefix(a["bridge"].(string), "ws") {
			t.Errorf("%s of %v", callback, argument)
		}
		return []string{"Metadata", "Fetch"}, nil
	})
	page.Start(nil, "connect", object{"bridge": bridgeTo(t, bridge.Config{Brokers: brokers}), "token": true}, nil, 1).Item(ctx)
	got := do(ctx, t, page, "cluster", nil).(object)["allowed"].([]any)
	if fmt.Sprint(got) != "[Fetch Metadata]" {
		t.Errorf("allowed: %v", got)
	}
}

// TestATokenThatFailsForTheBridgesListWasNotRefused holds for what the page's function is told of the next one.
func TestATokenThatFailsForTheBridgesListWasNotRefused(t *testing.T) {
	c := &client{token: &tokenSource{ctx: t.Context(), ask: func(context.Context, string) (string, error) { return "", io.EOF }}}
	if names := c.bridgeAPIs(t.Context()); names != nil {
		t.Errorf("the list is %v", names)
	}
	if c.token.why != whyExpiring {
		t.Errorf("the next token is wanted because of %q", c.token.why)
	}
}
