package guest_test

import (
	"context"
	"net"
	"os"
	"testing"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

// The tests of package wasmhost run these tests, and serve the names that they dial.
func TestMain(m *testing.M) {
	if _, ok := os.LookupEnv("KAFKAIO_TEST_SERVICES"); !ok {
		println("KAFKAIO_TEST_SERVICES is not set: the tests of wasmhost run these, and have the services that they dial")
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := guest.Dial(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// transports are the kinds of connection a host may have: of the kernel, and of Go code.
var transports = map[string]string{"tcp": "", "pipe": "-pipe"}

func onEachTransport(t *testing.T, test func(t *testing.T, suffix string)) {
	for name, suffix := range transports {
		t.Run(name, func(t *testing.T) { test(t, suffix) })
	}
}

// canceled is a context that is done.
func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
