//go:build !wasm

package kafkaio

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// slowNetwork replaces lookup and dialTCP during a test by ones that take this long; lookup ignores its
// context.
func slowNetwork(t *testing.T, resolve, connect time.Duration) {
	wasLookup, wasDial := lookup, dialTCP
	t.Cleanup(func() { lookup, dialTCP = wasLookup, wasDial })
	lookup = func(context.Context, string, string) ([]netip.Addr, error) {
		time.Sleep(resolve)
		return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
	}
	dialTCP = func(ctx context.Context, _, _ string) (net.Conn, error) {
		select {
		case <-time.After(connect):
			c, _ := net.Pipe()
			return c, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func TestResolveTimeout(t *testing.T) {
	for _, test := range []struct {
		name             string
		dialer           *Dialer
		resolve, connect time.Duration // what they take
		fails            time.Duration // when the dial does; 0: it doesn't
	}{
		{"Default", &Dialer{}, time.Hour, 0, DefaultTimeout},
		{"DefaultIsEnough", &Dialer{}, DefaultTimeout - time.Millisecond, DefaultTimeout - time.Millisecond, 0},
		{"IsTimeout", &Dialer{Timeout: 2500 * time.Millisecond}, time.Hour, 0, 2500 * time.Millisecond},
		{"Own", &Dialer{ResolveTimeout: 300 * time.Millisecond}, time.Hour, 0, 300 * time.Millisecond},
		{"OwnIsLonger", &Dialer{ResolveTimeout: time.Minute}, 50 * time.Second, time.Second, 0},
		// Kafka::IO's undef: the lookup has no limit, the next step has the default.
		{"None", &Dialer{ResolveTimeout: NoTimeout}, time.Hour, time.Second, 0},
		{"NoneThenConnect", &Dialer{ResolveTimeout: NoTimeout}, time.Hour, time.Hour, time.Hour + DefaultTimeout},
	} {
		t.Run(test.name, func(t *testing.T) {
			slowNetwork(t, test.resolve, test.connect)
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c, err := test.dialer.Dial(t.Context(), "broker.example")
				took := time.Since(start)
				switch {
				case test.fails == 0 && err != nil:
					t.Fatal(err)
				case test.fails == 0:
					c.Close()
				case !errors.Is(err, ErrCannotBind) || !errors.Is(err, os.ErrDeadlineExceeded) || took != test.fails:
					t.Errorf("%v after %v, a timeout after %v was expected", err, took, test.fails)
				}
				time.Sleep(2 * time.Hour) // until the lookup has ended
			})
		})
	}
}
