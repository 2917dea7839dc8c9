package suite

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

func dialRefused(t *testing.T, s Setup) {
	_, err := s.dialer().Dial(t.Context(), s.Refused)
	e := wantError(t, err, kafkaio.ErrCannotBind, syscall.ECONNREFUSED)
	if e.Timeout() {
		t.Errorf("%v: a refusal is no timeout", err)
	}
	wantNames(t, err, s.Refused)
	wantDialError(t, err)
}

func dialTellsTheAddress(t *testing.T, s Setup) {
	if got := s.dial(t, "hold").RemoteAddr().String(); got != s.Peer {
		t.Errorf("RemoteAddr is %s, want the broker's, %s", got, s.Peer)
	}
}

func dialUnknownName(t *testing.T, s Setup) {
	const name = "no-such-broker.invalid" // RFC 2606: never exists
	_, err := s.dialer().Dial(t.Context(), name+":9092")
	wantError(t, err, kafkaio.ErrCannotBind)
	wantNames(t, err, name)
	if e, ok := errors.AsType[*net.DNSError](err); !ok || !e.IsNotFound {
		t.Errorf("got %v, under which there is no *net.DNSError that says it was not found", err)
	}
}

func dialBlackHoleTimesOut(t *testing.T, s Setup) {
	needs(t, s.BlackHole, "an address that answers no connection attempt")
	const limit = 300 * time.Millisecond
	d := s.dialer()
	d.Timeout = limit
	started := time.Now()
	_, err := d.Dial(t.Context(), s.BlackHole)
	took := time.Since(started)
	wantError(t, err, kafkaio.ErrCannotBind)
	wantTimeout(t, err, limit, took)
	wantNames(t, err, s.BlackHole)
	wantDialError(t, err)
}

func dialIsCancelled(t *testing.T, s Setup) {
	for _, test := range []struct {
		name, bridge, addr string
	}{
		{"Connecting", s.Bridge, s.BlackHole},
		{"ReachingTheBridge", s.SilentBridge, s.Peer},
	} {
		t.Run(test.name, func(t *testing.T) {
			needs(t, test.addr, "an address that answers no connection attempt")
			ctx, cancel := cancellable(t)
			d := s.dialer()
			d.Bridge = test.bridge
			dialling := start(func() error {
				_, err := d.Dial(ctx, test.addr)
				return err
			})
			// An answer to a later question: by now, the dial is most likely on its way. Where
			// it is not, it must fail all the same.
			s.tell(t, "send 1")
			cancel()
			err := dialling.waitPromptly(t, time.Now())
			wantError(t, err, kafkaio.ErrCannotBind, context.Canceled)
		})
	}
}

func dialWithContextAlreadyDone(t *testing.T, s Setup) {
	ctx, cancel := cancellable(t)
	cancel()
	_, err := s.dialer().Dial(ctx, s.Peer)
	wantError(t, err, kafkaio.ErrCannotBind, context.Canceled)
	if c, err := s.dialer().DialContext(ctx, "tcp", s.Peer); !errors.Is(err, context.Canceled) {
		t.Errorf("DialContext returned %v, %v, want %v", c, err, context.Canceled)
	}
}

func dialDefaultPort(t *testing.T, s Setup) {
	_, err := s.dialer().Dial(t.Context(), "no-such-broker.invalid")
	wantError(t, err, kafkaio.ErrCannotBind)
	wantNames(t, err, "no-such-broker.invalid:9092")
}

func dialBadArguments(t *testing.T, s Setup) {
	for _, test := range []struct {
		name   string
		addr   string
		change func(*kafkaio.Dialer)
		names  string // what the error must show
	}{
		{"PortZero", "127.0.0.1:0", nil, "127.0.0.1:0"},
		{"PortTooLarge", "127.0.0.1:65536", nil, "65536"},
		{"PortNegative", "127.0.0.1:-1", nil, "-1"},
		{"PortNoNumber", "127.0.0.1:kafka", nil, "kafka"},
		{"NoHost", ":9092", nil, ":9092"},
		{"HostWithSpace", "a broker:9092", nil, "a broker"},
		{"HostIsURL", "http://127.0.0.1:9092", nil, "http://"},
		{"BracketNotClosed", "[::1:9092", nil, "[::1:9092"},
		{"HostTooLong", strings.Repeat("a.", 127) + "com:9092", nil, "a.a.a."},
		{"NegativeTimeout", s.Peer, func(d *kafkaio.Dialer) { d.Timeout = -2 * time.Second }, "-2s"},
		{"NegativeResolveTimeout", s.Peer, func(d *kafkaio.Dialer) { d.ResolveTimeout = -2 * time.Second }, "-2s"},
		{"NegativeIOTimeout", s.Peer, func(d *kafkaio.Dialer) { d.IOTimeout = -2 * time.Second }, "-2s"},
		{"NegativeMaxFrame", s.Peer, func(d *kafkaio.Dialer) { d.MaxFrame = -3 }, "-3"},
		{"BridgeIsNoWebSocketURL", s.Peer, func(d *kafkaio.Dialer) { d.Bridge = "http://127.0.0.1/kafka" }, "http://127.0.0.1/kafka"},
		{"BridgeHasNoHost", s.Peer, func(d *kafkaio.Dialer) { d.Bridge = "ws:///kafka" }, "ws:///kafka"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := s.dialer()
			if test.change != nil {
				test.change(d)
			}
			_, err := d.Dial(t.Context(), test.addr)
			wantError(t, err, kafkaio.ErrMismatchArgument)
			wantNames(t, err, test.names)
		})
	}
	t.Run("Network", func(t *testing.T) {
		_, err := s.dialer().DialContext(t.Context(), "udp", s.Peer)
		wantError(t, err, kafkaio.ErrMismatchArgument)
		wantNames(t, err, "udp")
	})
	t.Run("NetworkAgainstIPVersion", func(t *testing.T) {
		d := s.dialer()
		d.IPVersion = kafkaio.IPv6
		_, err := d.DialContext(t.Context(), "tcp4", s.Peer)
		wantError(t, err, kafkaio.ErrMismatchArgument)
		wantNames(t, err, "tcp4")
	})
}

func dialIPVersion(t *testing.T, s Setup) {
	for _, test := range []struct {
		name    string
		version kafkaio.IPVersion
		network string
		addr    string
	}{
		{"IPv4AddressForIPv6", kafkaio.IPv6, "tcp", s.Peer},
		{"IPv4AddressForTCP6", kafkaio.Any, "tcp6", s.Peer},
		{"IPv6AddressForIPv4", kafkaio.IPv4, "tcp", "[::1]:9092"},
		{"IPv6AddressForTCP4", kafkaio.Any, "tcp4", "[::1]:9092"},
		{"IPv4NameForIPv6", kafkaio.IPv6, "tcp", s.OnlyIPv4},
	} {
		t.Run(test.name, func(t *testing.T) {
			needs(t, test.addr, "a name that has an IPv4 address and no IPv6 address")
			d := s.dialer()
			d.IPVersion = test.version
			_, err := d.DialContext(t.Context(), test.network, test.addr)
			wantError(t, err, kafkaio.ErrIncompatibleIPVersion)
			wantNames(t, err, test.addr)
		})
	}
	t.Run("TheRightOne", func(t *testing.T) {
		d := s.dialer()
		d.IPVersion = kafkaio.IPv4
		wantOpen(t, s.dialWith(t, d, "echo"))
	})
}

// The connection is made, and then nobody answers the TLS handshake.
func dialSecureStepIsBounded(t *testing.T, s Setup) {
	const limit = 300 * time.Millisecond
	d := s.dialer()
	d.Timeout = limit
	var started time.Time
	d.Secure = func(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
		if _, err := c.Write([]byte("hold\n")); err != nil {
			return nil, err
		}
		started = time.Now()
		return secure(ctx, c, host)
	}
	_, err := d.Dial(t.Context(), s.Peer)
	took := time.Since(started)
	wantError(t, err, kafkaio.ErrCannotBind)
	wantTimeout(t, err, limit, took)
}

func dialSecureStepFails(t *testing.T, s Setup) {
	d := s.dialer()
	d.Secure = func(ctx context.Context, c net.Conn, host string) (net.Conn, error) {
		if _, err := c.Write([]byte(hexStep("HTTP/1.1 400 Bad Request\r\n\r\n") + "; sink\n")); err != nil {
			return nil, err
		}
		return secure(ctx, c, host)
	}
	_, err := d.Dial(t.Context(), s.Peer)
	wantError(t, err, kafkaio.ErrCannotBind)
	if _, ok := errors.AsType[tls.RecordHeaderError](err); !ok {
		t.Errorf("got %v, under which there is no error of the handshake", err)
	}
}

// wantNames checks that an error shows what it is about.
func wantNames(t *testing.T, err error, what string) {
	t.Helper()
	if !strings.Contains(err.Error(), what) {
		t.Errorf("the error does not name %q: %v", what, err)
	}
}

// wantDialError checks for the shape by which Kafka clients tell a failed dial.
func wantDialError(t *testing.T, err error) {
	t.Helper()
	if e, ok := errors.AsType[*net.OpError](err); !ok || e.Op != "dial" {
		t.Errorf("got %v, under which there is no *net.OpError of a dial", err)
	}
}

// needs ends the test where the machine cannot provide a part of the Setup.
func needs(t *testing.T, value, what string) {
	t.Helper()
	if value == "" {
		require.Missing(t, what, "run it on Linux, with a name of its own for 127.0.0.1")
	}
}
