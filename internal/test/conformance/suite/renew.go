package suite

import (
	"context"
	"errors"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/kafkaio/kafkaio"
)

// The bridge asks for a new token before one expires, and the Dialer sends it: a connection outlives several. It
// outlives a token that the bridge refuses, too, since the Dialer sends another before the last good one expires.
func bridgeTokenIsRenewed(t *testing.T, s Setup) {
	const tokens, bad = 4, 2
	var calls atomic.Int32
	d := &kafkaio.Dialer{Bridge: s.ExpiringBridge, Timeout: patience}
	d.Token = func(context.Context) (string, error) {
		if calls.Add(1) == bad {
			return "not " + s.Token, nil
		}
		return s.Token, nil
	}
	c := s.dialWith(t, d, "echo")
	eventually(t, "the Dialer sends no new token", func() bool {
		wantOpen(t, c)
		return calls.Load() >= tokens
	})
	wantOpen(t, c)
}

// Without a new token a connection ends as one that the broker reset. The next dial asks for a token again.
func bridgeTokenExpires(t *testing.T, s Setup) {
	var calls atomic.Int32
	var isUnlocked atomic.Bool
	d := &kafkaio.Dialer{Bridge: s.ExpiringBridge, Timeout: patience}
	d.Token = func(context.Context) (string, error) {
		if calls.Add(1) > 1 && !isUnlocked.Load() {
			return "", errors.New("the key ring is locked")
		}
		return s.Token, nil
	}
	c := s.dialWith(t, d, "hold")
	_, err := c.Receive(t.Context(), 1)
	wantError(t, err, kafkaio.ErrNoConnection, syscall.ECONNRESET)
	wantNames(t, err, "4401")
	wantOpError(t, err)
	if calls.Load() < 3 {
		t.Error("the Dialer asked for a new token once at most")
	}
	isUnlocked.Store(true)
	wantOpen(t, s.dialWith(t, d, "echo"))
}
