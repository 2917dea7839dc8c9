package bridge_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// othersText is what a Config's functions may say. A close frame has room for 123 bytes of it.
var othersText = []struct{ name, text string }{
	{"Latin1", "caf\xe9 closed"},
	{"OneByte", "\xff"},
	{"HalfACharacter", "half \xe2\x82"},
	{"LongTwoBytes", strings.Repeat("é", 700)},
	{"LongThreeBytes", strings.Repeat("€", 700)},
	{"LongFourBytes", "x" + strings.Repeat("🙂", 700)},
	{"LongAndNoText", strings.Repeat("\xff", 2000)},
	{"CutByABadByte", strings.Repeat("a", 115) + strings.Repeat("\xe2\x82", 20)},
	{"NulAndNewline", "one\x00two\r\nthree"},
	{"EncodedSurrogate", "\xed\xa0\x80"},
}

func TestRefusalByAuthorizeIsText(t *testing.T) {
	for _, row := range othersText {
		t.Run(row.name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				broker := echo(t)
				_, url := serve(t, bridge.Config{Brokers: []string{broker}, Authorize: func(context.Context, *http.Request, string) (bridge.Identity, error) {
					return bridge.Identity{}, errors.New(row.text)
				}})
				c := attackWithToken(t, url+"?broker="+broker, subprotocol)
				closed := mustEnd(t, c)
				if closed.Code != 4401 || !strings.HasPrefix(closed.Reason, "token: ") {
					t.Errorf("%v, code 4401 and a reason token: were expected", closed)
				}
				if !utf8.ValidString(closed.Reason) || len(closed.Reason) > 123 {
					t.Errorf("a reason of %d bytes, valid %v: %q", len(closed.Reason), utf8.ValidString(closed.Reason), closed.Reason)
				}
			})
		})
	}
}

// attackWithToken sends a token the way of the subprotocol.
func attackWithToken(t *testing.T, url, subprotocol string) *hostile.Conn {
	t.Helper()
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "ws://"), "/")
	tcp, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	c, err := hostile.Upgrade(tcp, url, subprotocol, http.Header{"Authorization": {"Bearer guess"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if subprotocol == hostile.Tunnel {
		send(t, c, hostile.Auth("guess"))
	}
	return c
}

// TestFailureOfDialIsText has the failure in a stream's CLOSE, and the session go on.
func TestFailureOfDialIsText(t *testing.T) {
	for _, row := range othersText {
		t.Run(row.name, func(t *testing.T) {
			broker := echo(t)
			_, url := serve(t, bridge.Config{
				Brokers: []string{broker, memoryBroker},
				Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
					if addr == memoryBroker {
						return nil, errors.New(row.text)
					}
					return new(net.Dialer).DialContext(ctx, network, addr)
				},
			})
			c := attack(t, url, hostile.Tunnel)
			open(t, c, 1, 1<<20, broker)
			send(t, c, hostile.Open(2, 1<<20, memoryBroker))
			m := expect(t, c, hostile.TypeClose, 2)
			if m.Code() != 4502 || !utf8.ValidString(m.Reason()) || len(m.Reason()) > 1024 {
				t.Errorf("%v: code 4502 and a valid reason of at most 1024 bytes were expected", m)
			}
			mustEchoOn(t, c, 1, "alive")

			raw := attack(t, url+"?broker="+memoryBroker, hostile.Raw)
			if closed := mustEnd(t, raw); closed.Code != 4502 || !utf8.ValidString(closed.Reason) || len(closed.Reason) > 123 {
				t.Errorf("raw: %v", closed)
			}
		})
	}
}
