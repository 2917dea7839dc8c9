//go:build js

package main

import (
	"context"
	"errors"
	"net"
	"syscall/js"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// batchRecords bounds the records that the page gets at once.
	batchRecords = 500
	// fetchBytes bounds what a broker sends ahead of the page, and a partition's share of it. A larger record
	// comes nevertheless.
	fetchBytes          = 1 << 20
	fetchPartitionBytes = 256 << 10
)

// A tail follows a topic.
type tail struct {
	client  *client
	kafka   *kgo.Client
	ctx     context.Context
	cancel  context.CancelFunc
	onBatch js.Value
	onError js.Value
	stop    js.Func
}

// tail follows a topic, from the last records of each partition on, and returns the function that ends it.
// It has a client of franz-go to itself, and ends by closing that.
func (c *client) tail(topic string, last int, onBatch, onError js.Value) (any, error) {
	t := &tail{client: c, onBatch: onBatch, onError: onError}
	t.ctx, t.cancel = context.WithCancel(c.ctx)
	kafka, err := c.newKafka(
		kgo.Dialer(t.dial),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtEnd().Relative(-int64(last))),
		kgo.FetchMaxBytes(fetchBytes),
		kgo.FetchMaxPartitionBytes(fetchPartitionBytes),
	)
	if err != nil {
		t.cancel()
		return nil, err
	}
	t.kafka = kafka
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tails == nil { // closed
		t.cancel()
		kafka.Close()
		return nil, kgo.ErrClientClosed
	}
	t.stop = js.FuncOf(func(js.Value, []js.Value) any {
		go t.close()
		return nil
	})
	c.tails[t] = struct{}{}
	go t.run()
	return t.stop, nil
}

// close ends the tail. kafkaio.js calls its function once.
func (t *tail) close() {
	t.cancel()
	t.kafka.Close()
	t.client.mu.Lock()
	delete(t.client.tails, t)
	t.client.mu.Unlock()
	t.stop.Release()
}

// dial tells the page of brokers that can't be reached: franz-go tries them again and says nothing.
func (t *tail) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := t.client.dial(ctx, network, addr)
	if broker, _ := unreachable(err); broker != "" {
		t.report(err)
	}
	return conn, err
}

// report tells the page what keeps it from reading.
func (t *tail) report(err error) {
	if t.ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		guard(t.onError, jsError(err))
	}
}

// run hands records to the page, batch by batch. A page that returns a Promise slows it down: meanwhile
// records stay in franz-go's buffers, and then with the brokers.
func (t *tail) run() {
	var batch []byte
	for t.ctx.Err() == nil {
		fetches := t.kafka.PollRecords(t.ctx, batchRecords)
		fetches.EachError(func(_ string, _ int32, err error) { t.report(err) })
		if fetches.NumRecords() == 0 {
			continue
		}
		batch = batch[:0]
		fetches.EachRecord(func(r *kgo.Record) { batch = appendRecord(batch, r) })
		view := js.Global().Get("Uint8Array").New(len(batch))
		js.CopyBytesToJS(view, batch)
		await(t.ctx, guard(t.onBatch, view))
	}
}
