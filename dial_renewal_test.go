//go:build !wasm

package kafkaio_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// renewing dials through a bridge, in virtual time, and returns that bridge's end of the session once it has
// opened the stream.
func renewing(t *testing.T, d *kafkaio.Dialer) *hostile.Conn {
	t.Helper()
	link := hostile.NewLink(t, 0)
	accepted := make(chan *hostile.Conn, 1)
	d.Bridge = "ws://127.0.0.1/kafka"
	d.BridgeDial = func(context.Context, string, string) (net.Conn, error) {
		near, far := link.Pipe()
		go func() {
			if ws, err := hostile.Accept(far); err == nil {
				ws.Receive() // the first token
				if stream, _, err := nextOpen(ws); err == nil {
					ws.Send(hostile.Opened(stream, 1<<20, hostileTarget))
				}
				accepted <- ws
			}
		}()
		return near, nil
	}
	c, err := d.DialContext(t.Context(), "tcp", hostileTarget)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return <-accepted
}

// nextToken reads messages until an AUTH, and returns its token.
func nextToken(t *testing.T, c *hostile.Conn) string {
	t.Helper()
	for {
		b, err := c.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if m, err := hostile.Parse(b); err == nil && m.Type == hostile.TypeAuth {
			return string(m.Payload)
		}
	}
}

// pausesDouble fails unless each of some times is twice as long after the one before as that was.
func pausesDouble(t *testing.T, times []time.Time) {
	t.Helper()
	for i := 2; i < len(times); i++ {
		before, pause := times[i-1].Sub(times[i-2]), times[i].Sub(times[i-1])
		if want := min(2*before, 30*time.Second); pause < want-time.Millisecond || pause > want+time.Second {
			t.Errorf("pause %d lasted %v, %v was expected", i, pause, want)
		}
	}
}

func TestTokenThatFailsIsAskedForAgain(t *testing.T) {
	const failures = 10
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		d := new(kafkaio.Dialer)
		d.Token = func(context.Context) (string, error) {
			times = append(times, time.Now())
			if n := len(times); n > 1 && n <= 1+failures {
				return "", errors.New("the key ring is locked")
			}
			return "good", nil
		}
		bridge := renewing(t, d)
		bridge.Send(hostile.Auth("")) // it asks
		if token := nextToken(t, bridge); token != "good" {
			t.Errorf("the token %q came", token)
		}
		if len(times) != 2+failures {
			t.Errorf("Token was called %d times", len(times))
		}
		pausesDouble(t, times[1:])
	})
}

func TestRefusedTokenIsReplaced(t *testing.T) {
	const refusals = 10
	synctest.Test(t, func(t *testing.T) {
		d := &kafkaio.Dialer{Token: func(context.Context) (string, error) { return "bad", nil }}
		bridge := renewing(t, d)
		bridge.Send(hostile.Auth(""))
		var times []time.Time
		for range refusals {
			nextToken(t, bridge)
			times = append(times, time.Now())
			bridge.Send(hostile.Auth("token: it is bad"))
		}
		pausesDouble(t, times)
		synctest.Wait()
		// A bridge that asks gets one at once, and the pauses begin anew.
		before := time.Now()
		bridge.Send(hostile.Auth(""))
		nextToken(t, bridge)
		bridge.Send(hostile.Auth("token: it is bad"))
		nextToken(t, bridge)
		if took := time.Since(before); took > time.Second {
			t.Errorf("the tokens came after %v", took)
		}
	})
}

// A session that has ended asks for no token.
func TestNoTokenIsAskedForAfterTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		d := &kafkaio.Dialer{Token: func(context.Context) (string, error) { calls++; return "bad", nil }}
		bridge := renewing(t, d)
		bridge.Send(hostile.Auth(""))
		nextToken(t, bridge)
		bridge.Send(hostile.Auth("token: it is bad"))
		bridge.SendClose(4401, "token: it has expired")
		go bridge.Drain()
		time.Sleep(time.Minute) // virtual
		if calls != 2 {
			t.Errorf("Token was called %d times", calls)
		}
	})
}
