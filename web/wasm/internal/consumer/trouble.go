package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// An Error is of a topic, or of one of its partitions.
type Error struct {
	Topic     string
	Partition int32 // -1: the topic
	Err       error
}

func (e *Error) Error() string { return e.Subject() + ": " + e.Err.Error() }

// Subject names what failed.
func (e *Error) Subject() string {
	if e.Partition < 0 {
		return "topic " + e.Topic
	}
	return fmt.Sprintf("topic %s, partition %d", e.Topic, e.Partition)
}

func (e *Error) Unwrap() error { return e.Err }

func (t TopicPartition) failed(err error) error {
	if err == nil {
		return nil
	}
	return &Error{t.Topic, t.Partition, err}
}

const (
	// fetchTime bounds a request for records, with their download, and askTime any other one. After slowTime
	// it is reported.
	fetchTime = 30 * time.Second
	askTime   = 5 * time.Second
	slowTime  = 2500 * time.Millisecond
	// leaderMoves is how long a partition may be without a leader before that is reported.
	leaderMoves = time.Second
	// reportInterval is at least between two reports.
	reportInterval = time.Second
)

// A slowError says that an answer hasn't come yet.
type slowError struct {
	from  string
	after time.Duration
}

func (e *slowError) Error() string { return fmt.Sprintf("%s: no answer within %v", e.from, e.after) }

func (e *slowError) Unwrap() error { return context.DeadlineExceeded }

// within bounds a request, and reports that its answer takes long. from says who is asked.
func (c *Consumer) within(ctx context.Context, limit time.Duration, from string, ask func(ctx context.Context) error) error {
	late := &slowError{from, limit}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	defer time.AfterFunc(slowTime, func() { c.Trouble(&slowError{from, slowTime}) }).Stop()
	err := ask(ctx)
	if err != nil && context.Cause(ctx) == late {
		err = late
	}
	return err
}

// Trouble reports what is tried again, or gives up.
func (c *Consumer) Trouble(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	if c.config.Fatal(err) {
		c.Fail(err)
		return
	}
	c.mu.Lock()
	due := time.Since(c.reported) >= reportInterval
	if due {
		c.reported = time.Now()
	}
	c.mu.Unlock()
	if due {
		c.config.Report(err)
	}
}

// Fail ends the reading with an error.
func (c *Consumer) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failed == nil {
		c.failed = err
		c.change()
	}
}

// partitionFailed tries a partition again later. It isn't reported at first: a leader that moves is no trouble.
func (c *Consumer) partitionFailed(p *partition, err error) {
	now := time.Now()
	c.mu.Lock()
	if p.failures == 0 {
		p.failingSince = now
	}
	p.failures++
	p.retryAt = now.Add(c.config.Backoff(p.failures))
	lasts := now.Sub(p.failingSince) >= leaderMoves
	c.mu.Unlock()
	c.refresh()
	if lasts || c.config.Fatal(err) {
		c.Trouble(p.failed(err))
	}
}

// refresh has the leaders asked for again.
func (c *Consumer) refresh() {
	select {
	case c.stale <- struct{}{}:
	default:
	}
}
