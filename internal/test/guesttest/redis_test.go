package guesttest

import (
	"net"
	"os/exec"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

func startRedis(t *testing.T) (addr string) {
	t.Helper()
	redis, err := exec.LookPath("redis-server")
	if err != nil {
		require.Missing(t, "Redis", "apt-get install redis-server")
	}
	addr = kafkatest.FreeAddress(t)
	host, port, _ := net.SplitHostPort(addr)
	serve(t, "Ready to accept connections", exec.Command(redis, "--bind", host, "--port", port, "--save", "", "--dir", t.TempDir()))
	return addr
}

func TestRedis(t *testing.T) {
	wasm, addr := build(t, "redisguest"), startRedis(t)
	run(t, wasm, allow(t, addr), []string{addr},
		"counted to 1000 in one pipeline, then to 1800 on 8 connections",
		"1 MiB there and back: true",
		"published: hello",
		"a key that isn't there: redis: nil",
		"a list that stays empty: redis: nil",
		"an answer past its deadline is a timeout: true",
	)
}
