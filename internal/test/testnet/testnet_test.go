package testnet

import (
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServe(t *testing.T) {
	addr := Serve(t, Says("hello"))
	for range 2 {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Write([]byte("?"))
		got := make([]byte, 5)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
			t.Errorf("got %q, %v", got, err)
		}
		c.Close()
	}
}

func TestBlackHole(t *testing.T) {
	addr := BlackHole(t)
	if addr == "" {
		require.Missing(t, "a listener whose queue fills", "run it on Linux")
	}
	if c, err := net.DialTimeout("tcp", addr, 100*time.Millisecond); err == nil {
		c.Close()
		t.Error("it took a connection")
	}
}
