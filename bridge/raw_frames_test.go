package bridge_test

import (
	"encoding/binary"
	"net"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// TestRawClientGetsTheLastAnswer has the broker close after its answer, which takes its client a minute.
func TestRawClientGetsTheLastAnswer(t *testing.T) {
	config := func(t *testing.T) bridge.Config {
		b := new(saslBroker)
		return bridge.Config{
			SASL: alice, AllowPlaintext: true,
			Dial: newBrokers(t, func(c net.Conn) { b.serve(&answersOnce{c}) }).dial,
		}
	}
	inVirtualTime(t, 4<<10, config, func(t *testing.T, v *virtual) {
		p := v.pipe(t, hostile.Raw, 0)
		p.send(request(metadataKey, 1, answeredOnce, 10))
		if ids, code := p.answersUntilEnd(t); len(ids) != 1 || code != 1000 {
			t.Errorf("answers %v, closed with %d", ids, code)
		}
	})
}

// answersOnce is a broker's connection that closes after the answer with id answeredOnce. The answer's last
// message to the client has almost 32 KiB, more than the bridge waits for when it closes a WebSocket.
type answersOnce struct{ net.Conn }

const answeredOnce = 4711

func (c *answersOnce) Write(p []byte) (int, error) {
	if binary.BigEndian.Uint32(p[4:]) != answeredOnce {
		return c.Conn.Write(p)
	}
	defer c.Close()
	if _, err := c.Conn.Write(response(answeredOnce, make([]byte, 7*32<<10-1000))); err != nil {
		return 0, err
	}
	return len(p), nil
}
