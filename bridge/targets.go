package bridge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// targets decides which brokers the bridge may dial, the configured ones and those that the cluster
// names, and dials them.
type targets struct {
	configured []target
	dialer     *dialer
	bootstrap  *bootstrap
	cluster    *cluster
}

func newTargets(brokers []string, dial dialFunc, log *slog.Logger) (*targets, error) {
	if len(brokers) == 0 {
		return nil, errors.New("bridge: no brokers: at least one bootstrap broker is needed, such as localhost:9092")
	}
	var configured []target
	for _, b := range brokers {
		to, err := parseTarget(b)
		if err != nil {
			return nil, fmt.Errorf("bridge: broker: %w", err)
		}
		if !slices.Contains(configured, to) {
			configured = append(configured, to)
		}
	}
	t := &targets{configured: configured, dialer: newDialer(dial, configured)}
	t.bootstrap = newBootstrap(configured, t.dialer)
	t.cluster = &cluster{ask: t.bootstrap.ask, log: log}
	return t, nil
}

// connect makes a client's connection, or returns the refusal. All of it, including a question to the
// cluster, takes at most the client's limits for lookup and connecting together.
func (t *targets) connect(ctx context.Context, o tunnel.Open) (net.Conn, *tunnel.CloseError) {
	l := limits{version: o.IPVersion, resolve: bounded(o.ResolveTimeout), connect: bounded(o.ConnectTimeout)}
	ctx, cancel := context.WithTimeout(ctx, l.resolve+l.connect)
	defer cancel()
	if o.Target == "" {
		return t.bootstrap.connect(ctx, l)
	}
	to, err := parseTarget(o.Target)
	if err != nil {
		return nil, &tunnel.CloseError{Code: tunnel.CodeMalformed, Reason: "target: " + err.Error()}
	}
	if !slices.Contains(t.configured, to) {
		if refusal := t.cluster.allows(ctx, to); refusal != nil {
			return nil, refusal
		}
	}
	return t.dialer.dial(ctx, to, l)
}
