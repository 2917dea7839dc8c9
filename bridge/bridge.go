package bridge

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A Policy allows some identities something on some topics and consumer groups.
type Policy = policy.Policy

// ConsumerGroups are the consumer groups of a Policy.
type ConsumerGroups = policy.ConsumerGroups

// Config says which brokers a Bridge serves, and whom.
type Config struct {
	// Brokers are the bootstrap brokers, "host:port" (port 9092 if missing); at least one. The bridge
	// connects to these, to the brokers that their cluster's metadata names, and to no others.
	//
	// List every broker on the bridge's own machine: at an address such as 127.0.0.1 it dials only the
	// ports listed here. Without TLS and SASL below, list every broker of a cluster that wants them, too:
	// the bridge asks for metadata with these alone.
	Brokers []string
	// Name is the cluster's name, for policies and logs.
	Name string
	// Targets are patterns of further brokers, "host:port" with * for any text within one label of a host
	// name, such as "broker-*.prod:9093". A * matches no IP address.
	Targets []string
	// ConnectTo says where brokers really are: from the address that the cluster advertises to the one to
	// dial, both "host:port". The bridge dials what this says whether the address is special or not, and
	// allows the advertised address without asking the cluster. With TLS the certificate must be that of
	// the advertised name.
	ConnectTo map[string]string
	// TLS is for connections to brokers that the bridge secures in place of the client, as brokertls.New
	// does. Nil: the bridge passes on what the client sends, TLS included.
	TLS *tls.Config
	// SASL returns how the bridge authenticates to brokers in place of a client. For the bridge's own
	// questions the identity is the zero Identity. The bridge calls it for each connection, and again
	// before the broker ends the session (KIP-368). No client gets its error, which is logged. Brokers see
	// client_id as "identity/client_id". Nil: the client authenticates itself, or nobody does.
	SASL func(ctx context.Context, who Identity) (sasl.Mechanism, error)
	// AllowPlaintext permits SASL without TLS, in which whoever listens reads secrets, and SASL over TLS
	// with InsecureSkipVerify.
	AllowPlaintext bool
	// Policies say who may do what; see [Bridge.SetPolicies] for changing them. A client then can't speak
	// TLS with the broker from end to end, which the bridge can't look into. Nil: everybody who is let in
	// may do all, and the bridge looks at no request.
	Policies []Policy
	// Hosts are the host names or IP addresses, without port, by which clients reach the bridge: those
	// of the Host header. Loopback names and addresses are always allowed. The bridge refuses any
	// other, since a page elsewhere can point its own name at this address.
	Hosts []string
	// Origins are further origins ("https://tools.example") whose pages may connect. A page from the
	// bridge's own host always may.
	Origins []string
	// Authorize says who a client is, by its request and its token. The token is empty if the client sent
	// none: then the request alone may tell, by a header of a proxy, say. The client gets the error as the
	// reason. The bridge calls Authorize again for each further token, which must be of the same Name, and
	// ends ctx after 10 s. Several goroutines may call it. Nil: no token is needed, and every client is the
	// empty Identity. No token appears in a log.
	Authorize func(ctx context.Context, r *http.Request, token string) (Identity, error)
	// MaxSessionAge is how old a session gets before its client has to open another, to be judged anew or
	// to reach another bridge. A random part of up to a tenth is taken off. Open streams have 10 minutes
	// more, then they break. 0: any age.
	MaxSessionAge time.Duration
	// Dial connects to a broker at "ip:port", an address that the bridge has checked. Nil: TCP.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// MaxMemory bounds the bytes that all sessions together hold: data that a peer doesn't take, the cost
	// of idle sessions and streams (about 32 KiB for a session with one stream), and under a policy what
	// it parses, a request as 110 times its bytes but for records. The bridge refuses what goes beyond it
	// with code 4429. It doesn't bound Go's garbage (GOGC, GOMEMLIMIT).
	// 0: 512 MiB.
	MaxMemory int64
	// Log gets sessions, connections and refusals. Nil: no log.
	Log *slog.Logger
}

// A Bridge is an http.Handler that serves the tunnel. Mount it at /kafka.
type Bridge struct {
	config  Config
	access  access
	targets *targets
	memory  *tunnel.Memory
	log     *slog.Logger

	policies   atomic.Pointer[policy.Set] // nil: the bridge was made without
	topicNames *topicNames
	parsing    *parsing

	revocations atomic.Int64 // calls of Revoke

	mu       sync.Mutex
	sessions map[client]struct{}
	closing  bool
	empty    chan struct{} // made by Shutdown, closed when the last session is gone
}

// A client is one WebSocket.
type client interface {
	whose() *sessionIdentity
	askToken()                   // asks it for a new token
	goAway(e *tunnel.CloseError) // asks it to open nothing further and to end by itself
	finish(e *tunnel.CloseError) // ends it once nothing is in flight
	abort(e *tunnel.CloseError)  // ends it
}

// New returns a Bridge, or an error that names the Config field that makes no sense.
func New(c Config) (*Bridge, error) {
	access, err := newAccess(c.Hosts, c.Origins)
	if err != nil {
		return nil, err
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	targets, err := newTargets(c, log)
	if err != nil {
		return nil, err
	}
	if c.MaxMemory < 0 || c.MaxMemory > 0 && c.MaxMemory < minMemory {
		return nil, fmt.Errorf("bridge: MaxMemory %d: at least %d bytes were expected, or 0 for %d", c.MaxMemory, minMemory, defaultMemory)
	}
	if c.MaxSessionAge < 0 {
		return nil, fmt.Errorf("bridge: MaxSessionAge %v: a positive duration was expected, or 0 for no limit", c.MaxSessionAge)
	}
	size := cmp.Or(c.MaxMemory, defaultMemory)
	memory := tunnel.NewMemory(size)
	b := &Bridge{
		config:     c,
		access:     access,
		targets:    targets,
		memory:     memory,
		log:        log,
		topicNames: newTopicNames(targets.bootstrap.askTopics, log),
		parsing:    newParsing(memory, size),
		sessions:   make(map[client]struct{}),
	}
	if c.Policies != nil {
		set, err := policy.New(c.Policies)
		if err != nil {
			return nil, fmt.Errorf("bridge: %w", err)
		}
		b.policies.Store(set)
	}
	return b, nil
}

const (
	// maxSessions bounds the clients.
	maxSessions = 16384

	defaultMemory = 512 << 20
	// minMemory is enough for some sessions whose peers take nothing.
	minMemory = 4 << 20
)

var errClosing = &tunnel.CloseError{Code: tunnel.CodeGoingAway, Reason: "the bridge is going away"}

// ServeHTTP upgrades a request to a WebSocket and returns. The session goes on in a goroutine of its own,
// without net/http's buffers, which saves 9 KiB of 24. It refuses a client by a close code, since a page
// can't read the status of a failed upgrade.
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

// Shutdown asks every client to open no further connections, and waits until the open ones have closed.
// If ctx ends first it closes them, waits up to 0.1 s for the closes to leave, and returns ctx's error.
// Neither a broker nor Authorize can hold it up longer.
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
		c.goAway(errClosing)
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

// closeTime is how long a Shutdown whose ctx has ended waits for closes to leave.
const closeTime = 100 * time.Millisecond

func (b *Bridge) openSessions() []client {
	open := make([]client, 0, len(b.sessions))
	for c := range b.sessions {
		open = append(open, c)
	}
	return open
}

// enter admits a client that costs so many bytes, or returns why not.
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
