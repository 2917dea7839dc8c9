package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/consumer"
	"github.com/kafkaio/kafkaio/web/wasm/internal/group"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// consumed is the result of consume, however it ended.
type consumed struct {
	Progress consumer.Progress `json:"progress"`
	Error    *port.Error       `json:"error"`   // nil: all was read
	Leaving  *port.Error       `json:"leaving"` // what failed when it left its group; nil: nothing
}

// A consuming is what calls on a consumer use.
type consuming struct {
	*consumer.Consumer
	member *group.Member // nil: of no group
}

// consume reads partitions. Its first item says that calls on it may be made; the others are batches, as
// package batch encodes them. It ends when all that was wanted was read.
func (c *client) consume(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		consumer.Options
		Group *group.Options `json:"group"` // nil: none
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	if o.Group != nil && o.Group.AutoCommit && c.options.ReadOnly {
		return nil, readOnlyError("autoCommit of a group, which is on by default")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// What asks tries again by itself, and reports it.
	kafka, err := c.newKafka(ctx, kgo.RequestRetries(0), kgo.MaxDecompressBatchBytes(o.UnpackedLimit()))
	if err != nil {
		return nil, err
	}
	defer kafka.Close()
	var r reports
	defer r.busy.Lock() // for good, once no callback runs
	defer cancel()
	config := consumer.Config{
		Kafka: kafka, Fatal: new(refusals).fatal, Backoff: backoff,
		Send:   func(batch []byte) error { return call.Send(batch) },
		Report: func(err error) { r.send(ctx, call, err) },
		Lost:   func(err error) { r.tell(ctx, call, err) },
	}
	if o.Group != nil {
		return c.consumeAsMember(ctx, call, config, o.Options, *o.Group)
	}
	reader := consumer.New(config, o.Options)
	call.Provide(&consuming{reader, nil})
	if err := call.Send(nil); err != nil {
		return nil, err
	}
	return newConsumed(reader, reader.Run(ctx), nil), nil
}

func newConsumed(reader *consumer.Consumer, err, leaving error) consumed {
	result := consumed{Progress: reader.Progress()}
	if err != nil {
		result.Error = describe(err)
	}
	if leaving != nil {
		result.Leaving = describe(leaving)
	}
	return result
}

// isFatal reports whether nothing but a change of rights helps. If the bridge refuses the token, the client as a
// whole decides.
func isFatal(err error) bool {
	if kafka, ok := errors.AsType[*kerr.Error](err); ok {
		return !kafka.Retriable && kafka != kerr.UnknownServerError
	}
	return describe(err).Code == codeDenied
}

// reports tells the page what is tried again, or is lost.
type reports struct {
	busy sync.Mutex // held while the page's callback runs, and once the consumer has ended
}

// reportTime bounds the page's callback.
const reportTime = time.Second

// send tells the page of something that it is told again while it lasts: not if its callback runs.
func (r *reports) send(ctx context.Context, call *port.Call, err error) {
	if r.busy.TryLock() {
		go r.ask(ctx, call, err)
	}
}

// tell tells the page of something that happens once, and returns when it has been told.
func (r *reports) tell(ctx context.Context, call *port.Call, err error) {
	r.busy.Lock()
	r.ask(ctx, call, err)
}

// ask calls the page's callback. The caller has locked busy.
func (r *reports) ask(ctx context.Context, call *port.Call, err error) {
	defer r.busy.Unlock()
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	call.Ask(ctx, "retry", describe(err))
}

// onConsumer makes a method of what is done with a consumer, for calls on the one that opened it.
func onConsumer[O any](do func(ctx context.Context, r *consuming, o O) (any, error)) port.Method {
	return func(ctx context.Context, call *port.Call) (any, error) {
		var o O
		if err := call.Options(&o); err != nil {
			return nil, err
		}
		r, err := port.On[*consuming](call)
		if err != nil {
			return nil, &port.Error{Code: codeClosed, Message: "the consumer is closed"}
		}
		return do(ctx, r, o)
	}
}

func pauseConsumer(_ context.Context, r *consuming, o consumer.Paused) (any, error) {
	r.Pause(o)
	return nil, nil
}

type seekOptions struct {
	consumer.TopicPartition
	To     consumer.Position `json:"to"`
	Number uint32            `json:"number"` // from 1 on
}

func seekConsumer(ctx context.Context, r *consuming, o seekOptions) (any, error) {
	return nil, r.Seek(ctx, o.TopicPartition, o.To, o.Number)
}

func progressOfConsumer(_ context.Context, r *consuming, _ struct{}) (any, error) {
	return r.Progress(), nil
}
