//go:build js

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall/js"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
)

// bootstrapSeed stands for any of the bridge's bootstrap brokers. A page doesn't know their addresses. franz-go wants a host and a port; no host under .invalid exists (RFC 2606 section 2).
const bootstrapSeed = "bootstrap.invalid:9092"

// connectAttempts are those of connect to reach the bridge in time: a browser that has just started, with a
// page that loads, may take seconds for a WebSocket.
const connectAttempts = 3

// requestTimeout bounds a question to the cluster and a record that is produced.
const requestTimeout = 10 * time.Second

// A client is one connection of the page to a cluster.
type client struct {
	ctx    context.Context // ends with close
	cancel context.CancelFunc
	dialer kafkaio.Dialer
	kafka  *kgo.Client
	admin  *kadm.Client

	mu    sync.Mutex
	tails map[*tail]struct{}
	funcs []js.Func // what the page may call
}

// connect opens a client. It fails unless a broker has answered.
func connect(options js.Value) (_ any, err error) {
	c := &client{tails: make(map[*tail]struct{})}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if url := options.Get("url"); url.Type() == js.TypeString {
		c.dialer.Bridge = url.String()
	}
	if token := options.Get("token"); !token.IsUndefined() {
		c.dialer.Token = func(ctx context.Context) (string, error) { return askToken(ctx, token) }
	}
	presence, err := c.reach()
	if err != nil {
		return nil, err
	}
	c.kafka, err = c.newKafka()
	if err != nil {
		presence.Close()
		return nil, err
	}
	c.admin = kadm.NewClient(c.kafka)
	ctx, cancel := c.requestContext()
	defer cancel()
	if err := c.kafka.Ping(ctx); err != nil {
		presence.Close()
		return nil, err
	}
	go c.watch(presence, options.Get("onStatus"))
	return c.object(), nil
}

// reach opens the first connection, and tries again after a timeout.
func (c *client) reach() (presence net.Conn, err error) {
	for range connectAttempts {
		presence, err = c.dialer.DialContext(c.ctx, "tcp", "")
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
	}
	return presence, err
}

// askToken returns the token that the page gave: a string, or what its function returns now.
func askToken(ctx context.Context, token js.Value) (string, error) {
	if token.Type() == js.TypeFunction {
		var err error
		if token, err = await(ctx, guard(token)); err != nil {
			return "", err
		}
	}
	if token.Type() != js.TypeString {
		return "", invalidError("the token is not a string")
	}
	return token.String(), nil
}

// newKafka returns franz-go's client, which connects through the bridge.
func (c *client) newKafka(options ...kgo.Opt) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{
		kgo.ClientID("kafkaio-web"),
		kgo.SeedBrokers(bootstrapSeed),
		kgo.Dialer(c.dial),
		kgo.RetryTimeout(requestTimeout),
		kgo.RetryBackoffFn(backoff),
		kgo.RecordDeliveryTimeout(requestTimeout),
		kgo.RecordPartitioner(partitioner{kgo.StickyKeyPartitioner(nil)}),
		kgo.WithContext(c.ctx),
	}, options...)...)
}

func (c *client) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if addr == bootstrapSeed {
		addr = ""
	}
	return c.dialer.DialContext(ctx, network, addr)
}

// requestContext returns the context of one question to the cluster, retries included.
func (c *client) requestContext() (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(c.ctx, requestTimeout+requestTimeout/2, errSlow)
}

var errSlow = fmt.Errorf("no answer within %v: %w", requestTimeout+requestTimeout/2, context.DeadlineExceeded)

// object returns the client as kafkaio.js uses it. kafkaio.js checks the arguments.
func (c *client) object() map[string]any {
	return map[string]any{
		"brokers": c.function(func([]js.Value) any { return promise(c.brokers) }),
		"topics":  c.function(func([]js.Value) any { return promise(c.topics) }),
		"produce": c.function(func(args []js.Value) any {
			record := newRecord(args[0], args[1], args[2], args[3])
			return promise(func() (any, error) { return c.produce(record) })
		}),
		"tail": c.function(func(args []js.Value) any {
			topic, last, onBatch, onError := args[0].String(), args[1].Int(), args[2], args[3]
			return promise(func() (any, error) { return c.tail(topic, last, onBatch, onError) })
		}),
		"close": c.function(func([]js.Value) any {
			go c.close()
			return nil
		}),
	}
}

// function makes f callable by the page while the client is open.
func (c *client) function(f func(args []js.Value) any) js.Func {
	fn := js.FuncOf(func(_ js.Value, args []js.Value) any { return f(args) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.funcs = append(c.funcs, fn)
	return fn
}

// close ends the client and all its tails. kafkaio.js makes no calls after it.
func (c *client) close() {
	c.cancel()
	if c.kafka != nil {
		c.kafka.Close()
	}
	c.mu.Lock()
	tails, funcs := c.tails, c.funcs
	c.tails, c.funcs = nil, nil
	c.mu.Unlock()
	for t := range tails {
		t.close()
	}
	for _, f := range funcs {
		f.Release()
	}
}

// asked returns the error of a question: errSlow if the question's time is over, otherwise err.
func asked(ctx context.Context, err error) error {
	if err != nil && errors.Is(err, context.DeadlineExceeded) && context.Cause(ctx) == errSlow {
		return errSlow
	}
	return err
}
