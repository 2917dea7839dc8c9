package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// Config says which brokers a Bridge serves, and whom.
type Config struct {
	// Brokers are the bootstrap brokers, "host:port" (port 9092 when missing). Connections are
	// made to these, to the brokers that they name when asked for the cluster's metadata, and to
	// no others. Brokers on the bridge's own machine have to be listed each: of an address such as
	// 127.0.0.1 only the ports listed here are dialled. At least one is required. The bridge asks in plain text and without SASL: of a
	// cluster that is only reached with either, all brokers have to be listed.
	Brokers []string
	// Hosts are the host names or IP addresses, without port, under which the bridge is reached, as in the
	// Host header. Loopback names and addresses are always allowed. A request for any other is
	// refused: a page elsewhere can point its own name at this address.
	Hosts []string
	// Origins are further origins ("https://tools.example") whose pages may connect. A page
	// from the host that it connects to always may.
	Origins []string
	// Authorize is asked whether a token lets a client in; its error is told to the client.
	// Nil: no token is needed. The token never appears in a log.
	Authorize func(r *http.Request, token string) error
	// Dial opens connections to brokers, to an address "ip:port" that was checked. Nil: TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// MaxMemory bounds the bytes that all sessions together hold: what their peers don't take, and
	// what sessions and streams cost while nothing moves (about 32 KiB for one with one). Clients for
	// whom nothing is left are refused with code 4429. It doesn't bound what Go's garbage collector
	// keeps beside them (GOGC, GOMEMLIMIT). 0: 512 MiB.
	MaxMemory int64
	// Log is told of sessions, of connections and of refusals. Nil: nobody is.
	Log *slog.Logger
}

// A Bridge is an http.Handler that serves the tunnel. Mount it at /kafka.
type Bridge struct {
	config  Config
	access  access
	targets *targets
	memory  *tunnel.Memory
	log     *slog.Logger

	mu       sync.Mutex
	sessions map[client]struct{}
	closing  bool
	empty    chan struct{} // made by Shutdown, closed when the last session is gone
}

// A client is one WebSocket that is served.
type client interface {
	goAway()                    // asks it to open nothing further and to end by itself
	abort(e *tunnel.CloseError) // ends it
}

// New returns a Bridge, or an error that says what in the Config makes no sense.
func New(c Config) (*Bridge, error) {
	access, err := newAccess(c.Hosts, c.Origins)
	if err != nil {
		return nil, err
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	targets, err := newTargets(c.Brokers, c.Dial, log)
	if err != nil {
		return nil, err
	}
	if c.MaxMemory < 0 || c.MaxMemory > 0 && c.MaxMemory < minMemory {
		return nil, fmt.Errorf("bridge: MaxMemory %d: at least %d bytes were expected, or 0 for %d", c.MaxMemory, minMemory, defaultMemory)
	}
	return &Bridge{
		config:   c,
		access:   access,
		targets:  targets,
		memory:   tunnel.NewMemory(cmp.Or(c.MaxMemory, defaultMemory)),
		log:      log,
		sessions: make(map[client]struct{}),
	}, nil
}

const (
	// maxSessions bounds the clients.
	maxSessions = 16384

	defaultMemory = 512 << 20
	// minMemory is enough for some sessions whose peers take nothing.
	minMemory = 4 << 20
)

var errClosing = &tunnel.CloseError{Code: tunnel.CodeGoingAway, Reason: "the bridge is going away"}

// ServeHTTP lets a client in, and returns: the session goes on without net/http's goroutine and
// buffers, which would be 9 KiB of 24. Whom it refuses it tells so by a close code, since a page can't
// read the status of a failed upgrade.
func (b *Bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Upgrade") == "" {
		w.Header().Set("Upgrade", "websocket")
		http.Error(w, "this is a kafkaio bridge: connect with a WebSocket, subprotocol "+tunnel.Subprotocol, http.StatusUpgradeRequired)
		return
	}
	socket, err := tunnel.Accept(w, r, tunnel.Subprotocol, rawSubprotocol)
	if err != nil {
		b.log.Info("no WebSocket", "remote", r.RemoteAddr, "error", err)
		return // Accept has answered
	}
	if refusal := b.access.check(r); refusal != nil {
		b.log.Warn("refused", "remote", r.RemoteAddr, "reason", refusal.Reason)
		socket.Refuse(refusal)
		return
	}
	// The request's own context ends with this call.
	r = r.WithContext(context.WithoutCancel(r.Context()))
	switch socket.Subprotocol() {
	case tunnel.Subprotocol:
		go b.serveTunnel(socket, r)
	case rawSubprotocol:
		go b.serveRaw(socket, r)
	default:
		socket.Refuse(&tunnel.CloseError{
			Code:   tunnel.CodeMalformed,
			Reason: fmt.Sprintf("protocol: ask for the WebSocket subprotocol %s or %s", tunnel.Subprotocol, rawSubprotocol),
		})
	}
}

// Shutdown asks every client to open no further connections and waits until those that are open
// were closed. When ctx ends first it closes them, gives the closes a moment to leave, and returns ctx's
// error, whatever still holds up a session: a broker, or Authorize.
func (b *Bridge) Shutdown(ctx context.Context) error {
	b.mu.Lock()
	b.closing = true
	if b.empty == nil {
		b.empty = make(chan struct{})
		if len(b.sessions) == 0 {
			close(b.empty)
		}
	}
	empty := b.empty
	open := b.openSessions()
	b.mu.Unlock()
	for _, c := range open {
		c.goAway()
	}
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	open = b.openSessions()
	b.mu.Unlock()
	for _, c := range open {
		c.abort(errClosing)
	}
	select {
	case <-empty:
	case <-time.After(closeTime):
	}
	return ctx.Err()
}

// closeTime is how long the closes of a Shutdown that was cut short may take to leave.
const closeTime = 100 * time.Millisecond

func (b *Bridge) openSessions() []client {
	open := make([]client, 0, len(b.sessions))
	for c := range b.sessions {
		open = append(open, c)
	}
	return open
}

// enter counts a session in that costs so many bytes, or says why not.
func (b *Bridge) enter(c client, cost int64) *tunnel.CloseError {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closing:
		return errClosing
	case len(b.sessions) >= maxSessions:
		return &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: fmt.Sprintf("sessions: the bridge has %d, as many as it takes", maxSessions)}
	case !b.memory.Take(cost):
		return &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: tunnel.ReasonMemory + ": the bridge has none left for another session"}
	}
	b.sessions[c] = struct{}{}
	return nil
}

func (b *Bridge) leave(c client, cost int64) {
	b.memory.Give(cost)
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sessions, c)
	if b.closing && len(b.sessions) == 0 {
		close(b.empty)
	}
}

// authorize checks a client's token. What Authorize says is told to the client.
func (b *Bridge) authorize(r *http.Request, token string) *tunnel.CloseError {
	if b.config.Authorize == nil {
		return nil
	}
	err := errors.New("a token is needed")
	if token != "" {
		err = b.config.Authorize(r, token)
	}
	if err == nil {
		return nil
	}
	b.log.Warn("refused", "remote", r.RemoteAddr, "reason", "token")
	return &tunnel.CloseError{Code: tunnel.CodeUnauthorized, Reason: "token: " + err.Error()}
}
