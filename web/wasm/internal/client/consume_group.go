package client

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/group"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// leaveTime is how long a consumer whose context is ctx may take to leave its group, callbacks included. It is the
// same when the page closes the client, which waits a second longer (closeLimit in web/src/client.ts).
func leaveTime(ctx context.Context) time.Duration {
	_, byPage := errors.AsType[*port.Error](context.Cause(ctx))
	if ctx.Err() != nil && !byPage { // there is no page any more
		return 0
	}
	return 10 * time.Second
}

// A revocation is what onRevoked is asked with, and revoked is the answer.
type revocation struct {
	Partitions []consumer.TopicPartition `json:"partitions"`
	Lost       bool                      `json:"lost"`
}

type revoked struct {
	Number   uint32         `json:"number"` // in the order of the page's seeks
	Finished []group.Offset `json:"finished"`
}

// consumeAsMember is consume with a group.
func (c *client) consumeAsMember(ctx context.Context, call *port.Call, config consumer.Config, o consumer.Options, g group.Options) (any, error) {
	config.Committed = func(ctx context.Context, of consumer.TopicPartition) (int64, error) {
		offsets, err := c.committed(ctx, g.ID)
		if offset := offsets[topicPartition{of.Topic, of.Partition}]; offset != nil {
			return *offset, err
		}
		return -1, err
	}
	config.Drain = func(ctx context.Context) error {
		_, err := call.Ask(ctx, "drained", nil)
		return err
	}
	o.Assigned = true
	reader := consumer.New(config, o)
	member := group.New(group.Config{
		Options: g, Topics: o.Topics, Reader: reader,
		Open: func(ctx context.Context, options ...kgo.Opt) (*kgo.Client, error) { return c.newKafka(ctx, options...) },
		Assigned: func(ctx context.Context, of []consumer.TopicPartition) error {
			_, err := call.Ask(ctx, "assigned", of)
			return err
		},
		Revoked: func(ctx context.Context, of []consumer.TopicPartition, lost bool) ([]group.Offset, error) {
			answer, err := askFor[revoked](ctx, call, "revoked", revocation{of, lost})
			reader.RevokedAt(answer.Number)
			return answer.Finished, err
		},
		Finished: func(ctx context.Context) ([]group.Offset, error) {
			return askFor[[]group.Offset](ctx, call, "finished", nil)
		},
	})
	call.Provide(&consuming{reader, member})
	call.Linger()
	if err := call.Send(nil); err != nil {
		return nil, err
	}
	err, leaving := member.Run(ctx, func() time.Duration { return leaveTime(ctx) })
	if err == nil {
		err, leaving = leaving, nil
	}
	return newConsumed(reader, err, leaving), nil
}

// askFor asks the page for something.
func askFor[T any](ctx context.Context, call *port.Call, callback string, argument any) (answer T, err error) {
	text, err := call.Ask(ctx, callback, argument)
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	return answer, err
}

type commitOptions struct {
	Offsets []group.Offset `json:"offsets"`
}

// commitConsumed commits offsets for a consumer's group. A page that closes its client or the consumer meanwhile gets
// the result all the same: close waits for it.
func (c *client) commitConsumed(ctx context.Context, r *consuming, o commitOptions) (any, error) {
	if c.options.ReadOnly {
		return nil, readOnlyError("commit")
	}
	committing, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() {
		if leaveTime(ctx) == 0 {
			cancel(context.Cause(ctx))
		}
	})()
	err := r.member.Commit(committing, o.Offsets)
	if err == nil {
		return nil, nil
	}
	e := *describe(err)
	if errors.Is(err, consumer.ErrNotAssigned) { // which a broker would say, if it knew
		e.Code, e.KafkaCode = kerr.IllegalGeneration.Message, kerr.IllegalGeneration.Code
	}
	e.OutcomeUnknown = leavesOpen(err) && !errors.Is(err, consumer.ErrNotAssigned)
	return nil, &e
}
