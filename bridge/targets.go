package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// targets decides which brokers the bridge may dial, and dials them: the configured ones, those that
// patterns and ConnectTo allow, and those that the cluster names.
type targets struct {
	configured []target
	patterns   []pattern
	dialer     *dialer
	bootstrap  *bootstrap
	cluster    *cluster
}

// newTargets reads the fields of a Config that are about brokers.
func newTargets(c Config, log *slog.Logger) (*targets, error) {
	if len(c.Brokers) == 0 {
		return nil, errors.New("bridge: no brokers: at least one bootstrap broker is needed, such as localhost:9092")
	}
	var t targets
	for _, b := range c.Brokers {
		to, err := parseTarget(b)
		if err != nil {
			return nil, fmt.Errorf("bridge: broker: %w", err)
		}
		if !slices.Contains(t.configured, to) {
			t.configured = append(t.configured, to)
		}
	}
	for _, s := range c.Targets {
		p, err := parsePattern(s)
		if err != nil {
			return nil, err
		}
		t.patterns = append(t.patterns, p)
	}
	connectTo, err := parseConnectTo(c.ConnectTo)
	if err != nil {
		return nil, err
	}
	credentials, err := newCredentials(c, log)
	if err != nil {
		return nil, err
	}
	t.dialer = newDialer(c.Dial, t.configured, connectTo, credentials)
	t.bootstrap = newBootstrap(t.configured, t.dialer)
	t.cluster = t.clusterFor(nobody, new(knownBrokers), log)
	return &t, nil
}

// clusterFor returns a cluster that asks with a user's credentials.
func (t *targets) clusterFor(who identity, known *knownBrokers, log *slog.Logger) *cluster {
	ask := func(ctx context.Context) (answer, *tunnel.CloseError) { return t.bootstrap.ask(ctx, who) }
	return &cluster{ask: ask, known: known, log: log}
}

// as returns targets that ask the cluster with a user's credentials. What the cluster answers holds for all.
func (t *targets) as(who identity) *targets {
	user := *t
	user.cluster = t.clusterFor(who, t.cluster.known, t.cluster.log)
	return &user
}

// parseConnectTo reads Config.ConnectTo.
func parseConnectTo(addresses map[string]string) (map[target]target, error) {
	connectTo := make(map[target]target)
	for from, to := range addresses {
		advertised, err := parseTarget(from)
		if err != nil {
			return nil, fmt.Errorf("bridge: ConnectTo: %w", err)
		}
		at, err := parseTarget(to)
		if err != nil {
			return nil, fmt.Errorf("bridge: ConnectTo of %s: %w", advertised, err)
		}
		if other, ok := connectTo[advertised]; ok && other != at {
			return nil, fmt.Errorf("bridge: ConnectTo: %s is there twice, once as %s", advertised, hostport.Quote(from))
		}
		connectTo[advertised] = at
	}
	return connectTo, nil
}

// connect makes a client's connection, or returns the refusal. All of it, including a question to the
// cluster, TLS and SASL, takes at most the client's limits for lookup and connecting together.
func (t *targets) connect(ctx context.Context, o tunnel.Open, who identity) (*connection, *tunnel.CloseError) {
	l := limits{version: o.IPVersion, resolve: bounded(o.ResolveTimeout), connect: bounded(o.ConnectTimeout)}
	ctx, cancel := context.WithTimeout(ctx, l.resolve+l.connect)
	defer cancel()
	if o.Target == "" {
		return t.bootstrap.connect(ctx, l, who)
	}
	to, err := parseTarget(o.Target)
	if err != nil {
		return nil, &tunnel.CloseError{Code: tunnel.CodeMalformed, Reason: "target: " + err.Error()}
	}
	if !t.allowed(to) {
		if refusal := t.cluster.allows(ctx, to); refusal != nil {
			return nil, refusal
		}
	}
	return t.dialer.dial(ctx, to, l, who)
}

// allowed reports whether the configuration allows a target, so that the cluster needn't be asked.
func (t *targets) allowed(to target) bool {
	_, isAdvertised := t.dialer.connectTo[to]
	return isAdvertised || slices.Contains(t.configured, to) ||
		slices.ContainsFunc(t.patterns, func(p pattern) bool { return p.matches(to) })
}
