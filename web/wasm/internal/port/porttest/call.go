package porttest

import (
	"context"
	"errors"
)

// A Call is one of the page's.
type Call struct {
	ID     uint32
	page   *Page
	items  chan any
	result chan result
}

type result struct {
	value any
	err   error
}

// maxItems bounds the items that a test leaves unread.
const maxItems = 1024

// Start makes a call on another one, or on none if on is nil. The program may send so many items before
// credit is granted.
func (p *Page) Start(on *Call, method string, options any, bytes []byte, items int) *Call {
	p.mu.Lock()
	p.last++
	c := &Call{ID: p.last, page: p, items: make(chan any, maxItems), result: make(chan result, 1)}
	p.calls[c.ID] = c
	p.mu.Unlock()
	message := map[string]any{"call": c.ID, "method": method, "options": options, "items": items}
	if on != nil {
		message["on"] = on.ID
	}
	p.send(message, bytes)
	return c
}

// Do makes a call without items, and returns its result.
func (p *Page) Do(ctx context.Context, method string, options any) (any, error) {
	return p.Start(nil, method, options, nil, 0).Result(ctx)
}

// Result waits for the end of the call. A KafkaError is an *port.Error.
func (c *Call) Result(ctx context.Context) (any, error) {
	select {
	case r := <-c.result:
		return r.value, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Cancel ends the call.
func (c *Call) Cancel() { c.page.send(map[string]any{"cancel": c.ID}, nil) }

// Grant gives credit for items.
func (c *Call) Grant(items int) {
	c.page.send(map[string]any{"credit": c.ID, "items": items}, nil)
}

// Item waits for an item and gives credit for another one. It fails the test if the call ends.
func (c *Call) Item(ctx context.Context) any {
	c.page.t.Helper()
	select {
	case item := <-c.items:
		c.Grant(1)
		return item
	case r := <-c.result:
		c.page.t.Fatalf("the call ended with %v, %v, where an item was expected", r.value, r.err)
	case <-ctx.Done():
		c.page.t.Fatalf("waiting for an item: %v", ctx.Err())
	}
	return nil
}

// Start makes a call on c.
func (c *Call) Start(method string, options any, bytes []byte) *Call {
	return c.page.Start(c, method, options, bytes, 0)
}

// On makes a call on c, and returns its result.
func (c *Call) On(ctx context.Context, method string, options any, bytes []byte) (any, error) {
	return c.Start(method, options, bytes).Result(ctx)
}

// received takes a message of the program.
func (p *Page) received(b []byte) {
	kind, id, value, err := decode(b)
	if err != nil {
		p.t.Errorf("the program sent % x: %v", b, err)
		return
	}
	switch kind {
	case kindAsk:
		p.asked(id, value)
		return
	case kindRetract:
		p.mu.Lock()
		cancel := p.questions[id]
		p.mu.Unlock()
		cancel()
		return
	}
	p.mu.Lock()
	c := p.calls[id]
	if kind != kindItem {
		delete(p.calls, id)
	}
	p.mu.Unlock()
	if c == nil {
		p.t.Errorf("the program sent kind %d for call %d, which has ended or never began", kind, id)
		return
	}
	switch kind {
	case kindResult:
		c.result <- result{value: value}
	case kindError:
		err, ok := value.(error)
		if !ok {
			err = errors.New("the error is none")
		}
		c.result <- result{err: err}
	case kindItem:
		c.items <- value
	}
}

// asked has Answer answer a question.
func (p *Page) asked(id uint32, value any) {
	q := value.(map[string]any)
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.questions[id] = cancel
	if p.ended {
		cancel()
		return
	}
	p.answering.Go(func() {
		defer cancel()
		answer := map[string]any{"answer": id}
		if value, err := p.Answer(ctx, uint32(q["call"].(float64)), q["callback"].(string), q["argument"]); err != nil {
			answer["failed"] = err.Error()
		} else {
			answer["value"] = value
		}
		if ctx.Err() == nil {
			p.send(answer, nil)
		}
	})
}
