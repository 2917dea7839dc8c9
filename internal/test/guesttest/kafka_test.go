package guesttest

import (
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
)

func TestFranzGo(t *testing.T) {
	wasm := build(t, "kafkaguest")
	addrs := fakekafka.StartTest(t, "-brokers=3").ListenAddrs()
	run(t, wasm, allow(t, addrs...), []string{strings.Join(addrs, ",")},
		"produced 10000 records",
		"a group of 2 consumed all of them",
	)
}
