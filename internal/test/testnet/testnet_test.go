package testnet

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServe(t *testing.T) {
	addr := Serve(t, Says("hello"))
	for range 2 {
		c := Dial(t, addr)
		c.Write([]byte("?"))
		got := make([]byte, 5)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

func TestServeEndsWithItsTest(t *testing.T) {
	var c net.Conn
	t.Run("serving", func(t *testing.T) {
		addr := Serve(t, Discard)
		var err error
		if c, err = net.Dial("tcp", addr); err != nil {
			t.Fatal(err)
		}
	})
	defer c.Close()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
}

func TestClosedPort(t *testing.T) {
	addr := ClosedPort(t)
	for range 2 {
		if c, err := net.Dial("tcp", addr); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("got %v, %v", c, err)
		}
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
