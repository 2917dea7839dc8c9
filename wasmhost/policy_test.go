package wasmhost

import (
	"errors"
	"io/fs"
	"net"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
)

func TestAllowList(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	dial, err := AllowList("Localhost:"+port, "[::ffff:127.0.0.1]:"+port, "broker.example:9092")
	if err != nil {
		t.Fatal(err)
	}
	for addr, allowed := range map[string]bool{
		"localhost:" + port:    true,
		"LOCALHOST.:" + port:   true,
		"127.0.0.1:" + port:    true,
		"127.0.0.2:" + port:    false,
		"localhost:1":          false,
		"broker.example:9093":  false,
		"xbroker.example:9092": false,
	} {
		c, err := dial(t.Context(), "tcp4", addr)
		if c != nil {
			c.Close()
		}
		if allowed && err != nil || !allowed && !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, addr := range []string{"", ":", "broker.example", "broker.example:http", "http://broker.example:80", "broker.example\n:1"} {
		if _, err := dial(t.Context(), "tcp", addr); err == nil {
			t.Errorf("%q was dialled", addr)
		}
		if _, err := AllowList(addr); err == nil {
			t.Errorf("%q was taken", addr)
		}
	}
}

func TestBridge(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	addr := listener.Addr().String()
	origin := bridgetest.Serve(t, bridgetest.New(t, bridge.Config{Brokers: []string{addr}}))
	dial := Bridge(origin + "/kafka")
	if o := runProg(t, Config{Dial: dial}, "dial", addr); o.code != 0 {
		t.Errorf("exit code %d: %s", o.code, o.stderr)
	}
	if o := runProg(t, Config{Dial: dial}, "dial", "127.0.0.1:1"); o.code == 0 {
		t.Error("it dials what the bridge doesn't allow")
	}
}
