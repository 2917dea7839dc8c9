package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/internal/loglimit"
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
	// Name is the cluster's name, for policies.
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
	// before the broker ends the session (KIP-368). No two clients share a connection. A client gets an error
	// only if it is a Refusal; others are logged. Brokers see client_id as "identity/client_id". Nil: the
	// client authenticates itself, or nobody does.
	SASL func(ctx context.Context, who Identity) (sasl.Mechanism, error)
	// AskAsUser says that SASL has credentials of users alone, and none for the zero Identity. The bridge then
	// asks the cluster, for its brokers and for names of topics, with the credentials of the user whose
	// connection needs the answer, for each session at most once a second. What the cluster answers holds for
	// all users.
	AskAsUser bool
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
	// Memory is shared with other Bridges, in place of MaxMemory. Nil: the Bridge has its own.
	Memory *Memory
	// Log gets sessions, connections and refusals. From level Info on, clients can provoke about one line a second of
	// each message: another with the attribute "omitted" counts the rest. Nil: no log.
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
	topicNames *topicNames                // asked without a user
	parsing    *parsing

	revocations atomic.Int64 // calls of Revoke

	mu       sync.Mutex
	sessions map[client]struct{}
	closing  bool
	empty    chan struct{} // made by Shutdown, closed when the last session is gone
}

// New returns a Bridge, or an error that names the Config field that makes no sense.
func New(c Config) (*Bridge, error) {
	access, err := newAccess(c.Hosts, c.Origins)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	if c.Log != nil {
		log = slog.New(loglimit.New(c.Log.Handler()))
	}
	targets, err := newTargets(c, log)
	if err != nil {
		return nil, err
	}
	memory, err := newMemory(c)
	if err != nil {
		return nil, err
	}
	if c.MaxSessionAge < 0 {
		return nil, fmt.Errorf("bridge: MaxSessionAge %v: a positive duration was expected, or 0 for no limit", c.MaxSessionAge)
	}
	b := &Bridge{
		config:     c,
		access:     access,
		targets:    targets,
		memory:     memory.budget,
		log:        log,
		topicNames: targets.topicNamesFor(nobody, new(knownTopics), log),
		parsing:    memory.parsing,
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

// Check returns why ServeHTTP refuses a request for its Host or its Origin, or nil. Handlers of other paths can so
// refuse the same requests.
func (b *Bridge) Check(r *http.Request) error {
	if refusal := b.access.check(r); refusal != nil {
		return errors.New(refusal.Reason)
	}
	return nil
}
