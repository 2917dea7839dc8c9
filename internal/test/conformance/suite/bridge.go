package suite

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
)

func bridgeIsNotThere(t *testing.T, s Setup) {
	for _, test := range []struct {
		name, bridge string
	}{
		{"Absent", s.AbsentBridge},
		{"Silent", s.SilentBridge},
		{"WebServer", s.WebServer},
	} {
		t.Run(test.name, func(t *testing.T) {
			const limit = time.Second
			d := &kafkaio.Dialer{Bridge: test.bridge, Timeout: limit}
			started := time.Now()
			_, err := d.Dial(t.Context(), s.Peer)
			wantError(t, err, kafkaio.ErrCannotBind)
			wantNames(t, err, test.bridge)
			wantDialError(t, err)
			if took := time.Since(started); took > limit+3*time.Second {
				t.Errorf("it took %v, the limit is %v: %v", took, limit, err)
			}
			if test.bridge == s.SilentBridge {
				wantTimeout(t, err, limit, time.Since(started))
			}
		})
	}
}

func bridgeDeniesTarget(t *testing.T, s Setup) {
	d := &kafkaio.Dialer{Bridge: s.GuardedBridge, Timeout: patience, Token: tokenOf(s.Token)}
	for _, target := range []string{s.Refused, "broker.example:9092", "169.254.169.254:80"} {
		t.Run(target, func(t *testing.T) {
			_, err := d.Dial(t.Context(), target)
			wantError(t, err, kafkaio.ErrCannotBind)
			wantNames(t, err, target)
			wantNames(t, err, "denied:")
		})
	}
}

func bridgeWantsToken(t *testing.T, s Setup) {
	d := &kafkaio.Dialer{Bridge: s.GuardedBridge, Timeout: patience}
	t.Run("None", func(t *testing.T) {
		_, err := d.Dial(t.Context(), s.Peer)
		wantError(t, err, kafkaio.ErrCannotBind)
		wantNames(t, err, "4401")
	})
	t.Run("Wrong", func(t *testing.T) {
		d.Token = tokenOf("not the " + s.Token)
		_, err := d.Dial(t.Context(), s.Peer)
		wantError(t, err, kafkaio.ErrCannotBind)
		wantNames(t, err, "4401")
	})
	t.Run("NotToBeHad", func(t *testing.T) {
		why := errors.New("the key ring is locked")
		d.Token = func(context.Context) (string, error) { return "", why }
		_, err := d.Dial(t.Context(), s.Peer)
		wantError(t, err, kafkaio.ErrCannotBind, why)
	})
	t.Run("Right", func(t *testing.T) {
		d.Token = tokenOf(s.Token)
		wantOpen(t, s.dialWith(t, d, "echo"))
	})
}

func tokenOf(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

// The WebSocket breaks under open connections: each of them fails as one that the broker reset,
// in the shape that Kafka clients try again, and the next dial makes a new WebSocket.
func bridgeBreaks(t *testing.T, s Setup) {
	d := &kafkaio.Dialer{Bridge: s.FragileBridge, Timeout: patience}
	midway := s.dialWith(t, d, "send 4; hold")
	wantPattern(t, midway, 0, 3)
	waiting := start(func() error {
		_, err := midway.Receive(t.Context(), 2)
		return err
	})
	idle := s.dialNetWith(t, d, "hold")

	s.tell(t, "do cut")

	e := wantError(t, waiting.wait(t), kafkaio.ErrCannotReceive, syscall.ECONNRESET)
	wantCounts(t, e, 1, 2)
	wantOpError(t, e)
	_, err := idle.Read(make([]byte, 1))
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read from a connection whose bridge broke: %v, want %v", err, syscall.ECONNRESET)
	}
	wantOpError(t, err)
	wantOpen(t, s.dialWith(t, d, "echo"))
}

// A bridge that shuts down takes no further connections. It lets the broker answer on those that it has, and then
// closes them.
func bridgeGoesAway(t *testing.T, s Setup) {
	d := &kafkaio.Dialer{Bridge: s.DrainingBridge, Timeout: patience}
	answer := uniqueName(t)
	c := s.dialWith(t, d, "wait "+answer+"; send 4; hold")
	s.tell(t, "do drain")
	var err error
	eventually(t, "the bridge still takes connections", func() bool {
		var further *kafkaio.Conn
		if further, err = d.Dial(t.Context(), s.Peer); err == nil {
			further.Close()
		}
		return err != nil
	})
	wantError(t, err, kafkaio.ErrCannotBind)
	wantNames(t, err, "going away")
	s.tell(t, "open "+answer)
	if _, err := c.Receive(t.Context(), 4); err != nil {
		t.Errorf("the answer: %v", err)
	}
	_, err = c.Receive(t.Context(), 1)
	wantError(t, err, kafkaio.ErrNoConnection, syscall.ECONNRESET)
	wantNames(t, err, "1001")
	wantOpError(t, err)
}

// wantOpError checks for the shape of an error on a connection, not of one in a dial.
func wantOpError(t *testing.T, err error) {
	t.Helper()
	if e, ok := errors.AsType[*net.OpError](err); !ok || e.Op == "dial" {
		t.Errorf("got %v, under which there is no *net.OpError of a connection", err)
	}
}
