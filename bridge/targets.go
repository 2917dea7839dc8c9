package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// defaultPort is that of a broker whose address names none, as in Kafka's listeners.
const defaultPort = 9092

// refreshEvery is how often at most the cluster is asked for its brokers.
const refreshEvery = time.Second

// targets knows which brokers may be dialled: the configured ones, and those that the cluster
// names. The cluster is asked when a target comes that is in neither list.
type targets struct {
	bootstrap []string // normal form, in the order of the Config
	dialer    *dialer
	log       *slog.Logger

	mu         sync.Mutex
	configured map[string]bool
	advertised map[string]bool
	asking     chan struct{} // closed when the question that is on its way is answered
	asked      time.Time
}

func newTargets(brokers []string, dial dialFunc, log *slog.Logger) (*targets, error) {
	if len(brokers) == 0 {
		return nil, errors.New("bridge: no brokers: at least one bootstrap broker is needed, such as localhost:9092")
	}
	t := &targets{log: log, configured: make(map[string]bool)}
	var hosts []string
	for _, b := range brokers {
		host, port, err := parseTarget(b)
		if err != nil {
			return nil, fmt.Errorf("bridge: broker: %w", err)
		}
		name := joinTarget(host, port)
		t.bootstrap = append(t.bootstrap, name)
		t.configured[name] = true
		hosts = append(hosts, host)
	}
	t.dialer = newDialer(dial, hosts)
	return t, nil
}

func parseTarget(s string) (host string, port uint16, err error) {
	host, port, err = hostport.Parse(s, defaultPort)
	return normalHost(host), port, err
}

func joinTarget(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}

// connect makes the connection that a client asked for, or says why not.
func (t *targets) connect(ctx context.Context, o tunnel.Open) (net.Conn, *tunnel.CloseError) {
	limits := limits{version: o.IPVersion, resolve: o.ResolveTimeout, connect: o.ConnectTimeout}
	if o.Target == "" {
		return t.connectBootstrap(ctx, limits)
	}
	host, port, err := parseTarget(o.Target)
	if err != nil {
		return nil, &tunnel.CloseError{Code: tunnel.CodeMalformed, Reason: "target: " + err.Error()}
	}
	if !t.allowed(ctx, joinTarget(host, port)) {
		return nil, denied("%s is neither a broker of this bridge nor one that its cluster names", joinTarget(host, port))
	}
	return t.dialer.dial(ctx, host, port, limits)
}

// connectBootstrap connects to the first configured broker that answers.
func (t *targets) connectBootstrap(ctx context.Context, l limits) (net.Conn, *tunnel.CloseError) {
	var first *tunnel.CloseError
	for _, name := range t.bootstrap {
		host, port, _ := parseTarget(name)
		c, refusal := t.dialer.dial(ctx, host, port, l)
		if refusal == nil {
			return c, nil
		}
		if first == nil {
			first = refusal
		}
	}
	return nil, first
}

func (t *targets) allowed(ctx context.Context, name string) bool {
	if t.knows(name) {
		return true
	}
	t.refresh(ctx)
	return t.knows(name)
}

func (t *targets) knows(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.configured[name] || t.advertised[name]
}

// refresh asks the cluster for its brokers, unless that was just done. All who need the answer
// wait for the same one.
func (t *targets) refresh(ctx context.Context) {
	t.mu.Lock()
	asking := t.asking
	if asking == nil {
		if time.Since(t.asked) < refreshEvery {
			t.mu.Unlock()
			return
		}
		asking = make(chan struct{})
		t.asking, t.asked = asking, time.Now()
		go t.ask(asking)
	}
	t.mu.Unlock()
	select {
	case <-asking:
	case <-ctx.Done():
	}
}

// ask asks one bootstrap broker after the other until one answers.
func (t *targets) ask(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), 4*core.DefaultTimeout)
	defer cancel()
	var named []string
	var err error
	for _, name := range t.bootstrap {
		if named, err = t.askBroker(ctx, name); err == nil {
			break
		}
		t.log.Warn("the cluster was not asked for its brokers", "broker", name, "error", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		t.advertised = make(map[string]bool)
		for _, b := range named {
			t.advertised[b] = true
		}
	}
	t.asking = nil
	close(done)
}

func (t *targets) askBroker(ctx context.Context, name string) ([]string, error) {
	host, port, _ := parseTarget(name)
	c, refusal := t.dialer.dial(ctx, host, port, limits{resolve: core.DefaultTimeout, connect: core.DefaultTimeout})
	if refusal != nil {
		return nil, refusal
	}
	conn := core.NewConn(c, core.Options{Addr: name})
	defer conn.Close()
	brokers, odd, err := brokersOf(ctx, conn)
	for _, o := range odd {
		t.log.Warn("a broker's address makes no sense", "error", o)
	}
	return brokers, err
}
