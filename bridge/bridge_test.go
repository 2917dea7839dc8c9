package bridge_test

import (
	"bytes"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestMain(m *testing.M) { leak.Main(m) }

// serve runs a bridge and returns it and its WebSocket URL.
func serve(t *testing.T, c bridge.Config) (*bridge.Bridge, string) {
	t.Helper()
	b := bridgetest.New(t, c)
	return b, bridgetest.Serve(t, b) + "/kafka"
}

// echo is a broker that sends back what it gets.
func echo(t *testing.T) (addr string) { return testnet.Serve(t, testnet.Echo) }

func dial(t *testing.T, d *kafkaio.Dialer, addr string) net.Conn {
	t.Helper()
	c, err := d.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func mustEcho(t *testing.T, c net.Conn, p string) {
	t.Helper()
	if _, err := io.WriteString(c, p); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(p))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != p {
		t.Fatalf("got %q back: %v", got, err)
	}
}

func TestConnectionsShareOneWebSocket(t *testing.T) {
	broker := echo(t)
	b := bridgetest.New(t, bridge.Config{Brokers: []string{broker}})
	var upgrades atomic.Int64
	origin := bridgetest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upgrades.Add(1)
		b.ServeHTTP(w, r)
	}))
	d := &kafkaio.Dialer{Bridge: origin}
	var conns sync.WaitGroup
	for i := range 50 {
		conns.Go(func() {
			mustEcho(t, dial(t, d, broker), fmt.Sprint("hello from ", i))
		})
	}
	conns.Wait()
	if n := upgrades.Load(); n != 1 {
		t.Errorf("50 connections took %d WebSockets", n)
	}
}

func TestSessionIsReopenedAfterItEnded(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	d := &kafkaio.Dialer{Bridge: url}
	for range 20 {
		c := dial(t, d, broker)
		mustEcho(t, c, "x")
		c.Close()
	}
}

func TestTargetOffTheListIsDenied(t *testing.T) {
	cluster := fakekafka.StartTest(t)
	other := echo(t)
	_, url := serve(t, bridge.Config{Brokers: cluster.ListenAddrs()})
	_, err := (&kafkaio.Dialer{Bridge: url}).DialContext(t.Context(), "tcp", other)
	if err == nil || !strings.Contains(err.Error(), "denied: ") {
		t.Fatalf("dialled a machine that is no broker: %v", err)
	}
}

func TestBrokerThatTheClusterNamesAtALoopbackPortIsToBeConfigured(t *testing.T) {
	cluster := fakekafka.StartTest(t, "-brokers=3")
	addrs := cluster.ListenAddrs()
	_, url := serve(t, bridge.Config{Brokers: addrs[:1]})
	d := &kafkaio.Dialer{Bridge: url}
	for _, addr := range []string{"", addrs[0]} {
		dial(t, d, addr).Close()
	}
	// The others are at a loopback address, which may be anything of this machine.
	_, err := d.DialContext(t.Context(), "tcp", addrs[1])
	if err == nil || !strings.Contains(err.Error(), "special: ") || !strings.Contains(err.Error(), "configure "+addrs[1]) {
		t.Errorf("the error doesn't say what to configure: %v", err)
	}
}

func TestRefusalArrivesWithItsCause(t *testing.T) {
	closed := testnet.ClosedPort(t)
	_, url := serve(t, bridge.Config{Brokers: []string{closed, "no-such-host.invalid:9092"}})
	d := &kafkaio.Dialer{Bridge: url}
	if _, err := d.DialContext(t.Context(), "tcp", closed); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("refused: %v", err)
	}
	var dns *net.DNSError
	if _, err := d.DialContext(t.Context(), "tcp", "no-such-host.invalid:9092"); !errors.As(err, &dns) || !dns.IsNotFound {
		t.Errorf("no such name: %v", err)
	}
}

// upgrade opens a WebSocket by hand and returns the close that it ends with.
func upgrade(t *testing.T, url, subprotocol string, header http.Header, host string) websocket.CloseError {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{
		Subprotocols: []string{subprotocol}, HTTPHeader: header, Host: host,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	_, _, err = conn.Read(t.Context())
	var closed websocket.CloseError
	if !errors.As(err, &closed) {
		t.Fatalf("the WebSocket ended without a close: %v", err)
	}
	return closed
}

func TestForeignOriginIsRefused(t *testing.T) {
	_, url := serve(t, bridge.Config{Brokers: []string{echo(t)}})
	closed := upgrade(t, url, "kafka.v1", http.Header{"Origin": {"https://evil.example"}}, "")
	if closed.Code != 4403 || !strings.HasPrefix(closed.Reason, "denied: ") {
		t.Errorf("closed with %+v", closed)
	}
}

func TestReboundNameIsRefused(t *testing.T) {
	_, url := serve(t, bridge.Config{Brokers: []string{echo(t)}})
	closed := upgrade(t, url, "kafka.v1", http.Header{"Origin": {"http://evil.example"}}, "evil.example")
	if closed.Code != 4403 || !strings.HasPrefix(closed.Reason, "host: ") {
		t.Errorf("closed with %+v", closed)
	}
}

func TestUnknownSubprotocolIsRefused(t *testing.T) {
	_, url := serve(t, bridge.Config{Brokers: []string{echo(t)}})
	if closed := upgrade(t, url, "mqtt", nil, ""); closed.Code != 4400 {
		t.Errorf("closed with %+v", closed)
	}
}

func TestPlainRequestIsToldWhatThisIs(t *testing.T) {
	_, url := serve(t, bridge.Config{Brokers: []string{echo(t)}})
	response, err := http.Get("http" + strings.TrimPrefix(url, "ws"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	defer http.DefaultClient.CloseIdleConnections()
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != http.StatusUpgradeRequired || !bytes.Contains(body, []byte("kafkaio bridge")) {
		t.Errorf("%s: %s", response.Status, body)
	}
}

const secret = "correct-horse-battery-staple"

func authorize(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
	if subtle.ConstantTimeCompare([]byte(token), []byte(secret)) == 1 {
		return bridge.Identity{}, nil
	}
	return bridge.Identity{}, errors.New("not the token of this bridge")
}

func TestTokenIsNeeded(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}, Authorize: authorize})
	token := func(s string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return s, nil }
	}
	for name, d := range map[string]*kafkaio.Dialer{
		"none":  {Bridge: url},
		"empty": {Bridge: url, Token: token("")},
		"wrong": {Bridge: url, Token: token("guess")},
	} {
		if _, err := d.DialContext(t.Context(), "tcp", broker); err == nil || !strings.Contains(err.Error(), "token: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	mustEcho(t, dial(t, &kafkaio.Dialer{Bridge: url, Token: token(secret)}, broker), "let in")
	if closed := upgrade(t, url+"?broker="+broker, "binary", nil, ""); closed.Code != 4401 {
		t.Errorf("raw, without a token: %+v", closed)
	}
}

func TestTokenIsNotLogged(t *testing.T) {
	broker := echo(t)
	var log lockedBuffer
	_, url := serve(t, bridge.Config{
		Brokers: []string{broker}, Authorize: authorize,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, s := range []string{secret, "guess-of-a-stranger"} {
		d := &kafkaio.Dialer{Bridge: url, Token: func(context.Context) (string, error) { return s, nil }}
		if c, err := d.DialContext(t.Context(), "tcp", broker); err == nil {
			mustEcho(t, c, "payload-of-a-stream")
			c.Close()
		}
	}
	header := http.Header{"Authorization": {"Bearer guess-of-a-stranger"}}
	upgrade(t, url+"?broker="+broker, "binary", header, "")
	got := log.String()
	if !strings.Contains(got, "connected") || !strings.Contains(got, "refused") {
		t.Fatalf("the log tells nothing:\n%s", got)
	}
	for _, s := range []string{secret, "guess", "payload"} {
		if strings.Contains(got, s) {
			t.Errorf("the log has %q:\n%s", s, got)
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// dialRaw connects to a broker as a client does that knows no tunnel.
func dialRaw(t *testing.T, url, broker string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url+"?broker="+broker, &websocket.DialOptions{Subprotocols: []string{"binary"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.CloseNow() })
	return conn
}

func TestRawClientsHaveOneConnection(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	c := websocket.NetConn(t.Context(), dialRaw(t, url, broker), websocket.MessageBinary)
	mustEcho(t, c, strings.Repeat("raw bytes ", 10000))
	c.Close()
	cluster := fakekafka.StartTest(t)
	_, url = serve(t, bridge.Config{Brokers: cluster.ListenAddrs()})
	if closed := upgrade(t, url+"?broker=192.0.2.1:22", "binary", nil, ""); closed.Code != 4403 {
		t.Errorf("a target off the list: %+v", closed)
	}
}

func TestRawMessagesAreBounded(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	conn := dialRaw(t, url, broker)
	const tooLarge = 16<<20 + 1
	go conn.Write(t.Context(), websocket.MessageBinary, make([]byte, tooLarge))
	for passed := 0; ; { // what comes back was passed on before the limit
		_, p, err := conn.Read(t.Context())
		if err != nil {
			return
		}
		if passed += len(p); passed == tooLarge {
			t.Fatal("a message over 16 MiB was passed on")
		}
	}
}

func TestShutdownEndsWhatOutlastsIt(t *testing.T) {
	broker := testnet.Serve(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	b, url := serve(t, bridge.Config{Brokers: []string{broker}})
	c := dial(t, &kafkaio.Dialer{Bridge: url}, broker)
	if _, err := io.WriteString(c, "a request"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := b.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("read: %v", err)
	}
}

func TestClientThatVanishesClosesItsBrokerConnection(t *testing.T) {
	l := testnet.Listen(t)
	_, url := serve(t, bridge.Config{Brokers: []string{l.Addr().String()}})
	c := dial(t, &kafkaio.Dialer{Bridge: url}, l.Addr().String())
	atBroker, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer atBroker.Close()
	if _, err := io.WriteString(c, "last words"); err != nil {
		t.Fatal(err)
	}
	c.Close()
	got, err := io.ReadAll(atBroker)
	if err != nil || string(got) != "last words" {
		t.Fatalf("the broker got %q: %v", got, err)
	}
}
