//go:build !js

package client

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
)

// TestWhatIsNoBrokerIsTold has a server that sends back what it gets: what is wrong with it is told, and not that it
// is silent.
func TestWhatIsNoBrokerIsTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				io.Copy(c, c)
			}()
		}
	}()
	b := bridgetest.New(t, bridge.Config{Brokers: []string{listener.Addr().String()}})
	ctx, page := start(t, nil)
	began := time.Now()
	_, err = page.Start(nil, "connect", object{"bridge": bridgetest.Serve(t, b) + "/kafka"}, nil, 1).Result(ctx)
	t.Logf("after %v: %v", time.Since(began), err)
	if got := failure(t, err).Code; got != codeUnknown {
		t.Errorf("connect ended with %s", got)
	}
}
