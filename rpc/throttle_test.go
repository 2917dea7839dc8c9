package rpc_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// throttling answers Metadata, the first time with a throttle time.
func throttling(d time.Duration) func(r received) any {
	first := true
	return func(r received) any {
		resp := metadata(r).(*kmsg.MetadataResponse)
		if first {
			resp.ThrottleMillis = int32(d.Milliseconds())
			first = false
		}
		return resp
	}
}

func TestThrottledClientWaitsBeforeItSends(t *testing.T) {
	for version, wait := range map[int16]time.Duration{
		5: 0, // the broker has waited before it answered
		6: 3 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: version}, throttling(3*time.Second))
			for range 3 {
				resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
				checkMetadata(t, resp, err)
				if got := rpc.Throttled(p); len(b.got()) == 1 && got != wait {
					t.Errorf("version %d is throttled for %v, want %v", version, got, wait)
				}
			}
			got := b.got()
			if waited := got[1].at.Sub(got[0].at); waited != wait {
				t.Errorf("version %d: the second request came after %v, want %v", version, waited, wait)
			}
			if waited := got[2].at.Sub(got[1].at); waited != 0 || rpc.Throttled(p) != 0 {
				t.Errorf("version %d: the third request came after %v", version, waited)
			}
		})
	}
}

func TestThrottledCallEndsWithItsContextOrTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9, kmsg.Produce: 9}, throttling(time.Hour))
		resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
		checkMetadata(t, resp, err)
		start := time.Now()
		leaves, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		for _, req := range []kmsg.Request{kmsg.NewPtrMetadataRequest(), &kmsg.ProduceRequest{Acks: 0}} {
			_, err = rpc.Do(leaves, p, req)
			if !errors.Is(err, core.ErrCannotSend) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		}
		time.AfterFunc(time.Second, func() { p.Close() })
		_, err = rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
		if !errors.Is(err, core.ErrNoConnection) || time.Since(start) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if n := len(b.got()); n != 1 {
			t.Errorf("%d requests were sent", n)
		}
	})
}
