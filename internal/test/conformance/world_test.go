package conformance

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/conformance/peer"
	"github.com/kafkaio/kafkaio/internal/test/conformance/suite"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// A world is what one run of the suite meets: a peer, the addresses at which something else is
// wrong, and an http.Handler with bridges to them.
type world struct {
	setup   suite.Setup // without the bridges
	bridges http.Handler
}

// handshakeDelay is what a slow handshake takes longer.
const handshakeDelay = 200 * time.Millisecond

func newWorld(t *testing.T) *world {
	var fragile breakable
	drain := make(chan struct{}, 1)
	p, err := peer.Listen(map[string]func(){
		"cut":   fragile.cut,
		"drain": func() { drain <- struct{}{} },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	silent := testnet.Listen(t).Addr().String()
	w := &world{setup: suite.Setup{
		Peer:         p.Addr(),
		Refused:      testnet.ClosedPort(t),
		BlackHole:    testnet.BlackHole(t),
		OnlyIPv4:     onlyIPv4(t, p.Port()),
		Token:        "correct horse battery staple",
		AbsentBridge: "ws://" + testnet.ClosedPort(t) + "/kafka",
		SilentBridge: "ws://" + silent + "/kafka",
	}}
	brokers := []string{w.setup.Peer, w.setup.Refused, "no-such-broker.invalid:9092", "[::1]:9092"}
	for _, optional := range []string{w.setup.BlackHole, w.setup.OnlyIPv4} {
		if optional != "" {
			brokers = append(brokers, optional)
		}
	}
	// The peer speaks no Kafka, and a bridge denies only what its cluster doesn't name.
	cluster := fakekafka.StartTest(t)
	open := bridgetest.New(t, bridge.Config{Brokers: brokers})
	mux := http.NewServeMux()
	mux.Handle("/kafka", open)
	mux.Handle("/slow/kafka", delayed(bridgetest.New(t, bridge.Config{Brokers: brokers, Dial: dialSlowly})))
	mux.Handle("/guarded/kafka", bridgetest.New(t, bridge.Config{
		Brokers: []string{w.setup.Peer, cluster.ListenAddrs()[0]},
		Authorize: func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
			if token != w.setup.Token {
				return bridge.Identity{}, errors.New("that is not the token")
			}
			return bridge.Identity{}, nil
		},
	}))
	mux.Handle("/expiring/kafka", bridgetest.New(t, bridge.Config{
		Brokers: []string{w.setup.Peer},
		Authorize: func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
			if token != w.setup.Token {
				return bridge.Identity{}, errors.New("that is not the token")
			}
			return bridge.Identity{Name: "suite", Expires: time.Now().Add(5 * time.Second)}, nil
		},
	}))
	mux.Handle("/fragile/kafka", fragile.handler(open))
	mux.Handle("/draining/kafka", drained(t, bridgetest.New(t, bridge.Config{Brokers: brokers}), drain))
	mux.HandleFunc("/web", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("Hello!")) })
	w.bridges = mux
	return w
}

// serve serves the bridges until the test ends.
func (w *world) serve(t *testing.T) suite.Setup {
	url := bridgetest.Serve(t, bridgetest.AnyOrigin(w.bridges))
	s := w.setup
	s.Bridge = url + "/kafka"
	s.SlowBridge = url + "/slow/kafka"
	s.GuardedBridge = url + "/guarded/kafka"
	s.ExpiringBridge = url + "/expiring/kafka"
	s.FragileBridge = url + "/fragile/kafka"
	s.DrainingBridge = url + "/draining/kafka"
	s.WebServer = url + "/web"
	return s
}

// drained shuts b down when it is asked to, and ends what is open when the test does.
func drained(t *testing.T, b *bridge.Bridge, asked <-chan struct{}) *bridge.Bridge {
	ctx, cancel := context.WithCancel(context.Background())
	var draining sync.WaitGroup
	draining.Go(func() {
		select {
		case <-asked:
			b.Shutdown(ctx)
		case <-ctx.Done():
		}
	})
	t.Cleanup(func() {
		cancel()
		draining.Wait()
	})
	return b
}

func delayed(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(handshakeDelay)
		h.ServeHTTP(w, r)
	})
}

func dialSlowly(ctx context.Context, network, addr string) (net.Conn, error) {
	time.Sleep(handshakeDelay)
	var d net.Dialer
	return d.DialContext(ctx, network, addr)
}

// onlyIPv4 returns the port at a name that has only an IPv4 address. Which of these is one depends
// on the machine's hosts file.
func onlyIPv4(t *testing.T, port string) string {
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "localhost4", hostname} {
		addrs, err := net.DefaultResolver.LookupNetIP(t.Context(), "ip", name)
		if err == nil && allIPv4(addrs) {
			return net.JoinHostPort(name, port)
		}
	}
	return ""
}

func allIPv4(addrs []netip.Addr) bool {
	for _, a := range addrs {
		if !a.Unmap().Is4() {
			return false
		}
	}
	return true
}

// breakable resets the connections of its handler's WebSockets on command.
type breakable struct {
	mu    sync.Mutex
	conns []*net.TCPConn
}

func (b *breakable) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.conns {
		c.SetLinger(0)
		c.Close()
	}
	b.conns = nil
}

func (b *breakable) handler(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(hijackSpy{w, b}, r)
	})
}

// A hijackSpy remembers the connection that a WebSocket takes over.
type hijackSpy struct {
	http.ResponseWriter
	of *breakable
}

func (h hijackSpy) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if tcp, ok := c.(*net.TCPConn); ok {
		h.of.mu.Lock()
		defer h.of.mu.Unlock()
		h.of.conns = append(h.of.conns, tcp)
	}
	return c, rw, err
}
