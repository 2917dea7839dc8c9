package clienttest

import (
	"bytes"
	"context"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestTLS has the client and the broker show each other certificates, of an authority that the
// suite brings. A bridge between them sees no plaintext.
func TestTLS(t *testing.T) {
	authority := testca.New(t)
	client := authority.Issue(t, "client")
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1, Protocols: []string{"SSL"}, Properties: kafkatest.TLSProperties(t, authority)})
	plaintext := cluster.Bootstrap()
	s := suite.Setup{Brokers: cluster.BootstrapOf("SSL"), TLS: &suite.TLS{
		Authority:   authority.PEM,
		Certificate: client.Chain,
		Key:         client.Key,
		Plaintext:   plaintext[0],
	}}
	ran := 0
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			ran++
			var spy spy
			w.runThrough(t, s, bridge.Config{Brokers: slices.Concat(plaintext, s.Brokers), Dial: spy.dial})
			seen, passed := spy.saw(suite.Marker)
			if seen {
				t.Error("the bridge saw what the client produced")
			}
			if (passed > 0) != w.bridged {
				t.Errorf("%d bytes went through the bridge", passed)
			}
		})
	}
	t.Run("PlaintextIsSeen", func(t *testing.T) {
		ran++
		var spy spy
		b := serveBridge(t, bridge.Config{Brokers: plaintext, Dial: spy.dial})
		suite.RoundTripMarker(t, suite.Setup{Brokers: plaintext, Bridge: b.url()})
		if seen, passed := spy.saw(suite.Marker); !seen {
			t.Errorf("what was produced is not in the %d bytes that the spy saw", passed)
		}
	})
	wantSome(t, ran)
}

// A spy keeps what goes over the connections that it dials.
type spy struct {
	mu   sync.Mutex
	seen []*bytes.Buffer // one per connection and direction
}

func (s *spy) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	watched := &spiedConn{Conn: c, spy: s}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, &watched.in, &watched.out)
	return watched, nil
}

// saw reports whether text went over a connection, and how many bytes did in all.
func (s *spy) saw(text string) (seen bool, total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.seen {
		seen = seen || bytes.Contains(b.Bytes(), []byte(text))
		total += b.Len()
	}
	return seen, total
}

type spiedConn struct {
	net.Conn
	spy     *spy
	in, out bytes.Buffer
}

func (c *spiedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.keep(&c.in, p[:n])
	return n, err
}

func (c *spiedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.keep(&c.out, p[:n])
	return n, err
}

func (c *spiedConn) keep(b *bytes.Buffer, p []byte) {
	c.spy.mu.Lock()
	defer c.spy.mu.Unlock()
	b.Write(p)
}
