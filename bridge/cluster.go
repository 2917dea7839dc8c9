package bridge

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	// questionEvery is the shortest time between two questions to the cluster.
	questionEvery = time.Second
	// questionTimeout bounds one question, all attempts included.
	questionTimeout = 6 * time.Second
	// maxWaiting bounds the clients that wait for an answer. Each holds a goroutine, for more than a
	// second if its target is unknown.
	maxWaiting = 4096
)

// A cluster knows the brokers that Kafka's metadata names. It asks again when a client wants an unknown
// one.
type cluster struct {
	ask   func(ctx context.Context) (answer, *tunnel.CloseError)
	known *knownBrokers
	log   *slog.Logger

	mu       sync.Mutex
	failure  *tunnel.CloseError // of the last question; nil: it was answered
	began    time.Time          // when the last question began
	begun    int                // number of questions that began
	answered int                // number of those that ended
	asking   chan struct{}      // closed when the question on its way ends; nil: there is none
	waiting  int
}

// allows returns nil if the cluster names the broker, or the refusal. It waits for two questions that begin after
// this call, as far as ctx lets it: an earlier answer can't name a broker that has just joined, and the broker that is
// asked may learn of it a little later than the one that told the client.
func (c *cluster) allows(ctx context.Context, to target) *tunnel.CloseError {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known.has(to) {
		return nil
	}
	if c.waiting >= maxWaiting {
		return &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: fmt.Sprintf("cluster: %d connections wait for the cluster to say whether their broker is its own, as many as may", maxWaiting)}
	}
	c.waiting++
	defer func() { c.waiting-- }()
	for need := c.begun + 1; !c.known.has(to); c.wait(ctx) {
		switch {
		case c.answered >= need && c.failure != nil:
			return notAsked(to, c.failure)
		case c.answered >= need && c.known.hadLately(to):
			return &tunnel.CloseError{Code: tunnel.CodeUnreachable, Reason: fmt.Sprintf("cluster: it named %s, and doesn't now: the broker may be stopped, or restart", to)}
		case c.answered > need, c.answered == need && ctx.Err() != nil:
			return denied("%s is neither a broker of this bridge nor one that its cluster names", to)
		case ctx.Err() != nil && c.failure != nil:
			return notAsked(to, c.failure)
		case ctx.Err() != nil:
			return notAsked(to, &tunnel.CloseError{Code: tunnel.CodeTimeout, Reason: "no answer in time"})
		}
	}
	return nil
}

// wait waits for the running question to end. If none runs it waits until the next may begin, and begins
// it. It returns early when ctx ends. The caller holds c.mu, which wait releases meanwhile.
func (c *cluster) wait(ctx context.Context) {
	var pause <-chan time.Time
	if c.asking == nil {
		if left := questionEvery - time.Since(c.began); left > 0 {
			timer := time.NewTimer(left)
			defer timer.Stop()
			pause = timer.C
		} else {
			c.begin()
		}
	}
	asking := c.asking
	c.mu.Unlock()
	defer c.mu.Lock()
	select {
	case <-asking:
	case <-pause:
	case <-ctx.Done():
	}
}

// begin begins a question. It goes on without the client that wanted it: others wait for it, and a
// client that tries again finds the answer.
func (c *cluster) begin() {
	c.begun++
	c.began = time.Now()
	c.asking = make(chan struct{})
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), questionTimeout)
		defer cancel()
		a, failure := c.ask(ctx)
		if failure != nil {
			c.log.Warn("the cluster could not be asked for its brokers", "reason", failure.Reason)
		} else {
			a.logOddities(c.log)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if failure == nil {
			c.known.learn(a.brokers)
		}
		c.failure = failure
		c.answered = c.begun
		close(c.asking)
		c.asking = nil
	}()
}

// notAsked is the refusal when no broker could be asked. Nobody has denied the target. It is short, so that
// the cause fits the close reason of a raw WebSocket.
func notAsked(to target, cause *tunnel.CloseError) *tunnel.CloseError {
	code := tunnel.CodeUnreachable
	if cause.Code == tunnel.CodeTimeout {
		code = tunnel.CodeTimeout
	}
	return &tunnel.CloseError{Code: code, Reason: fmt.Sprintf("cluster: not asked about %s: %s", to, cause.Reason)}
}
