package bridge

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/happyeyeballs"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// bootstrap holds the configured brokers in the order of attempts: the last good one first, those that
// failed or said nothing last. So a client that tries again reaches another broker.
type bootstrap struct {
	dialer *dialer

	mu    sync.Mutex
	order []target
	at    map[target]string // remote address of the last connection to each
}

func newBootstrap(brokers []target, d *dialer) *bootstrap {
	return &bootstrap{dialer: d, order: slices.Clone(brokers), at: make(map[target]string)}
}

// connect connects to the first broker that answers.
func (b *bootstrap) connect(ctx context.Context, l limits, who identity) (*connection, *tunnel.CloseError) {
	return tryBrokers(ctx, b, func(ctx context.Context, to target) (*connection, *tunnel.CloseError) {
		c, refusal := b.dialer.dial(ctx, to, l, who)
		if refusal == nil {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.at[to] = c.RemoteAddr().String()
		}
		return c, refusal
	}, func(c *connection) { c.Close() })
}

// saidNothing puts the broker at a remote address last. It accepted a connection, and answered nothing.
func (b *bootstrap) saidNothing(remote net.Addr) {
	b.mu.Lock()
	defer b.mu.Unlock()
	isIt := func(t target) bool { return b.at[t] == remote.String() }
	if i := slices.IndexFunc(b.order, isIt); i >= 0 {
		b.move(b.order[i], len(b.order)-1)
	}
}

// ask asks the configured brokers for all brokers of their cluster, with a user's credentials, and returns the
// first answer.
func (b *bootstrap) ask(ctx context.Context, who identity) (answer, *tunnel.CloseError) {
	return tryBrokers(ctx, b, func(ctx context.Context, to target) (answer, *tunnel.CloseError) {
		a, refusal := askOne(ctx, b.dialer, to, who, "brokers", maxAnswer, askBrokers)
		a.from = to.String()
		return a, refusal
	}, func(answer) {})
}

// askTopics asks the configured brokers for the names of topics, likewise.
func (b *bootstrap) askTopics(ctx context.Context, ids []topicID, who identity) (map[topicID]string, *tunnel.CloseError) {
	return tryBrokers(ctx, b, func(ctx context.Context, to target) (map[topicID]string, *tunnel.CloseError) {
		return askOne(ctx, b.dialer, to, who, "topics", maxTopicsAnswer, func(ctx context.Context, c *core.Conn) (map[topicID]string, error) {
			return askTopics(ctx, c, ids)
		})
	}, func(map[topicID]string) {})
}

// askOne asks one broker something, on a connection of its own.
func askOne[T any](ctx context.Context, d *dialer, to target, who identity, what string, most int, ask func(context.Context, *core.Conn) (T, error)) (T, *tunnel.CloseError) {
	var none T
	c, refusal := d.dial(ctx, to, limits{resolve: maxStep, connect: maxStep}, who)
	if refusal != nil {
		return none, refusal
	}
	conn := core.NewConn(c, core.Options{Addr: to.String(), MaxFrame: most})
	defer conn.Close()
	// Not every connection of Config.Dial heeds deadlines.
	defer context.AfterFunc(ctx, func() { c.Close() })()
	a, err := ask(ctx, conn)
	if err != nil {
		return none, dialRefusal(to.String(), "ask "+to.String()+" for "+what, err)
	}
	return a, nil
}

// tryBrokers makes overlapping attempts at the brokers, in their order, and remembers which was good. If
// none was, its refusal is the first broker's, with the reasons of the others.
func tryBrokers[T any](ctx context.Context, b *bootstrap, try func(context.Context, target) (T, *tunnel.CloseError), discard func(T)) (T, *tunnel.CloseError) {
	b.mu.Lock()
	order := slices.Clone(b.order)
	b.mu.Unlock()
	value, winner, errs := happyeyeballs.Overlap(ctx, len(order), func(ctx context.Context, i int) (T, error) {
		v, refusal := try(ctx, order[i])
		if refusal != nil {
			return v, refusal
		}
		return v, nil
	}, discard)
	b.remember(order, winner, errs)
	if winner >= 0 {
		return value, nil
	}
	var refusals []*tunnel.CloseError
	for i, err := range errs {
		refusal, ok := errors.AsType[*tunnel.CloseError](err)
		if !ok { // ctx ended it
			refusal = dialRefusal(order[i].String(), "connect to "+order[i].String(), err)
		}
		refusals = append(refusals, refusal)
	}
	return value, joinRefusals(refusals)
}

// remember puts the winner first. It puts those last that failed, and those that began before the winner
// and were overtaken.
func (b *bootstrap) remember(order []target, winner int, errs []error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, err := range errs {
		if err != nil && (err != happyeyeballs.ErrOvertaken || i < winner) {
			b.move(order[i], len(b.order)-1)
		}
	}
	if winner >= 0 {
		b.move(order[winner], 0)
	}
}

// move puts a broker at a place in the order.
func (b *bootstrap) move(t target, to int) {
	i := slices.Index(b.order, t)
	b.order = slices.Insert(slices.Delete(b.order, i, i+1), to, t)
}

// joinRefusals returns the first refusal, with the reasons of some others.
func joinRefusals(refusals []*tunnel.CloseError) *tunnel.CloseError {
	const most = 4 // so that a reason stays readable
	var reasons []string
	for _, r := range refusals[:min(len(refusals), most)] {
		if !slices.Contains(reasons, r.Reason) {
			reasons = append(reasons, r.Reason)
		}
	}
	if len(refusals) > most {
		reasons = append(reasons, "and more")
	}
	return &tunnel.CloseError{Code: refusals[0].Code, Reason: strings.Join(reasons, "; ")}
}
