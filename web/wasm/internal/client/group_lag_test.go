//go:build !js

package client

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestTheLagInTimeIsThatOfTheFirstRecordThatIsNotCommitted(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(1, "t")))
	const hour = 3600e3
	ago := func(d time.Duration) *kgo.Record {
		r := to("v")
		r.Timestamp = time.Now().Add(-d)
		return r
	}
	store(ctx, t, page, ago(3*time.Hour), ago(2*time.Hour), ago(time.Hour))
	lagMs := func(position any) any {
		t.Helper()
		do(ctx, t, page, "resetOffsets", object{"group": "g", "to": []object{{"topic": "t", "to": position}}})
		g := do(ctx, t, page, "group", object{"id": "g"}).(object)
		return g["offsets"].([]any)[0].(object)["lagMs"]
	}
	if ms := lagMs(object{"offset": "1"}).(float64); ms < 2*hour || ms > 2.5*hour {
		t.Errorf("%v ms, want 2 h", ms)
	}
	if ms := lagMs("latest"); ms != 0.0 {
		t.Errorf("at the end: %v ms", ms)
	}
}

func TestALagInTimeThatIsNotKnownIsLeftOut(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	ctx, page, _ := connectFake(t, cluster)
	store(ctx, t, page, to("v"))
	do(ctx, t, page, "resetOffsets", object{"group": "g", "to": []object{{"topic": "t", "to": "earliest"}}})
	cluster.ControlKey(int16(kmsg.Fetch), refuseFetch(cluster))
	offset := do(ctx, t, page, "group", object{"id": "g"}).(object)["offsets"].([]any)[0].(object)
	if offset["lag"] != int64(1) || offset["lagMs"] != nil {
		t.Errorf("%v", offset)
	}
}

// refuseFetch has brokers fail each Fetch request.
func refuseFetch(cluster *kfake.Cluster) func(kmsg.Request) (kmsg.Response, error, bool) {
	return func(req kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		resp := req.ResponseKind().(*kmsg.FetchResponse)
		resp.ErrorCode = kerr.UnknownServerError.Code
		return resp, nil, true
	}
}
