//go:build !js

package client

import (
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TestASilentBrokerDelaysNoAnswerOfTheOthers has each of three brokers silent, so that one of them is asked first.
func TestASilentBrokerDelaysNoAnswerOfTheOthers(t *testing.T) {
	for silent := range int32(3) {
		t.Run(fmt.Sprint(silent), func(t *testing.T) {
			t.Parallel()
			cluster := newFake(t, kfake.NumBrokers(3), kfake.SeedTopics(1, "t"))
			ctx, page, _ := connectFake(t, cluster)
			store(ctx, t, page, to("a"))
			join(ctx, t, cluster.ListenAddrs(), "g")()
			coordinator := do(ctx, t, page, "group", object{"id": "g"}).(object)["coordinator"]
			leader := do(ctx, t, page, "topic", object{"name": "t"}).(object)["layout"].([]any)[0].(object)["leader"]
			cluster.ControlKey(-1, func(kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				return nil, nil, cluster.CurrentNode() == silent
			})
			began := time.Now()
			within := func(what string) {
				t.Helper()
				if took := time.Since(began); took > silence {
					t.Errorf("%s took %v", what, took)
				}
				began = time.Now()
			}
			for range 3 { // brokers are asked in turns
				do(ctx, t, page, "topics", object{})
				within("topics")
			}
			if leader != float64(silent) && coordinator != float64(silent) {
				call := page.Start(nil, "groups", object{}, nil, 8)
				if listed := call.Item(ctx).([]any); len(listed) != 1 {
					t.Errorf("%v", listed)
				}
				within("the groups of those that answer")
				if _, err := call.Result(ctx); failure(t, err).Code != codeTimeout {
					t.Errorf("groups ended with %v", err)
				}
			}
		})
	}
}
