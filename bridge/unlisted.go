package bridge

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// SpecialBrokers asks the cluster for its brokers and returns, as "host:port", those on the bridge's
// own machine or network segment, and of these the unlisted ones: the bridge refuses to dial them,
// because Config.Brokers lacks them. Those that Config.ConnectTo has are neither. The error says why
// the cluster could not be asked; one that wants TLS or SASL can be only with Config.TLS and Config.SASL,
// and without Config.AskAsUser.
func (b *Bridge) SpecialBrokers(ctx context.Context) (special, unlisted []string, err error) {
	return b.targets.specialBrokers(ctx)
}

// lookupsAtOnce bounds the brokers that are looked up at the same time.
const lookupsAtOnce = 64

func (t *targets) specialBrokers(ctx context.Context) (special, unlisted []string, err error) {
	a, refusal := t.bootstrap.ask(ctx, nobody)
	if refusal != nil {
		return nil, nil, refusal
	}
	var brokers []target
	for to := range a.brokers {
		brokers = append(brokers, to)
	}
	slices.SortFunc(brokers, func(a, b target) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.port, b.port))
	})
	var mu sync.Mutex
	isAt, isRefused := make(map[target]bool), make(map[target]bool)
	var lookups errgroup.Group
	lookups.SetLimit(lookupsAtOnce)
	for _, to := range brokers {
		if _, isElsewhere := t.dialer.connectTo[to]; isElsewhere {
			continue
		}
		lookups.Go(func() error {
			addrs, err := t.dialer.resolve(ctx, to.host)
			if err != nil || !slices.ContainsFunc(addrs, isSpecial) {
				return nil // another refusal, or none
			}
			_, refusal := t.dialer.permitted(ctx, to, addrs)
			mu.Lock()
			defer mu.Unlock()
			isAt[to], isRefused[to] = true, refusal != nil && refusal.ReasonIs(tunnel.ReasonSpecial)
			return nil
		})
	}
	lookups.Wait()
	for _, to := range brokers {
		if isAt[to] {
			special = append(special, to.String())
		}
		if isRefused[to] {
			unlisted = append(unlisted, to.String())
		}
	}
	return special, unlisted, nil
}
