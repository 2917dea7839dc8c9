package bridge_test

import (
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestRawQueryThatCannotBeReadIsMalformed(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	for _, query := range []string{
		"broker=" + broker + ";x",
		"broker=%zz",
		"broker=" + broker + "&%zz",
		"broker=" + broker + "&broker=" + broker,
		"broker=" + broker + "&broker=",
	} {
		t.Run(query, func(t *testing.T) {
			c := attack(t, url+"?"+query, hostile.Raw)
			if closed := mustEnd(t, c); closed.Code != 4400 {
				t.Errorf("the WebSocket %v, code 4400 was expected", closed)
			}
		})
	}
}

func TestRawMessagesThatAreNotAllowedAreMalformed(t *testing.T) {
	const limit = 16 << 20
	broker := testnet.Serve(t, testnet.Discard)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	for _, row := range []struct {
		name string
		send func(*hostile.Conn) error
	}{
		{"Text", func(c *hostile.Conn) error { return c.SendFrame(text("hello")) }},
		{"Over16MiB", func(c *hostile.Conn) error { return c.Send(make([]byte, limit+1)) }},
		{"FragmentsOver16MiB", func(c *hostile.Conn) error { return c.SendFragments(make([]byte, limit+1), 1<<20) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := attack(t, url+"?broker="+broker, hostile.Raw)
			sent := make(chan error, 1)
			go func() { sent <- row.send(c) }()
			if closed := mustEnd(t, c); closed.Code != 4400 {
				t.Errorf("the WebSocket %v, code 4400 was expected", closed)
			}
			c.Close()
			<-sent
		})
	}
}

func TestRawMessageOf16MiBIsAllowed(t *testing.T) {
	const limit = 16 << 20
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	c := attack(t, url+"?broker="+broker, hostile.Raw)
	sent := make(chan error, 1)
	go func() { sent <- c.Send([]byte(strings.Repeat("x", limit))) }()
	for got := 0; got < limit; {
		b, err := c.Receive()
		if err != nil {
			t.Fatalf("after %d bytes: %v", got, err)
		}
		got += len(b)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}
