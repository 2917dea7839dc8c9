//go:build !js

package client

import (
	"context"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// TestAPresenceThatBreaksWhileABrokerIsAskedIsNoticed holds that the end of a presence doesn't wait for the answer.
func TestAPresenceThatBreaksWhileABrokerIsAskedIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		silent := func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		kafka, err := kgo.NewClient(kgo.SeedBrokers("broker:9092"), kgo.Dialer(silent))
		if err != nil {
			t.Fatal(err)
		}
		defer kafka.Close()
		presence, far := net.Pipe()
		began := time.Now()
		time.AfterFunc(askInterval+time.Second, func() { far.Close() })
		(&client{kafka: kafka}).hold(t.Context(), presence)
		if took := time.Since(began); took != askInterval+time.Second {
			t.Errorf("it was held for %v", took)
		}
	})
}
