package port

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
)

// A Call is one that the page made. What it provides, such as a connection, lasts as long as the call: the
// page ends it by cancelling the call.
type Call struct {
	Bytes []byte // beside the options; nil if there are none

	server  *Server
	id, on  uint32
	options json.RawMessage
	ctx     context.Context
	cancel  context.CancelCauseFunc
	ended   chan struct{} // closed once the page has the result

	mu       sync.Mutex
	credit   int           // items that may be sent
	granted  chan struct{} // has room for one: credit has come
	provided any
	lingers  bool // calls may use what it provides until it has ended
}

// Options decodes the call's options.
func (c *Call) Options(into any) error {
	if len(c.options) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.options, into); err != nil {
		return Mismatch(fmt.Sprintf("options: %v", err))
	}
	return nil
}

// Send sends an item of the call's result. It waits until the page has room for one, which it says by
// granting credit, or until the call ends.
func (c *Call) Send(item any) error {
	for !c.takeCredit() {
		select {
		case <-c.granted:
		case <-c.ctx.Done():
			return context.Cause(c.ctx)
		}
	}
	c.server.post(kindItem, c.id, item)
	return nil
}

func (c *Call) takeCredit() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.credit == 0 {
		return false
	}
	c.credit--
	return true
}

func (c *Call) grant(items int) {
	c.mu.Lock()
	c.credit += items
	c.mu.Unlock()
	select {
	case c.granted <- struct{}{}:
	default:
	}
}

// Provide makes v what [On] returns to calls on this one.
func (c *Call) Provide(v any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.provided = v
}

// Linger has [On] return what the call provides until the call has ended, also once the page has cancelled it.
func (c *Call) Linger() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lingers = true
}

// Ask asks the page, as the callbacks of this call answer. See [Server.Ask].
func (c *Call) Ask(ctx context.Context, callback string, argument any) (json.RawMessage, error) {
	return c.server.ask(ctx, c.id, callback, argument)
}

// On returns what the call that c is on provides. It fails if that call has ended, or is to end and doesn't linger.
func On[T any](c *Call) (T, error) {
	var none T
	on := c.server.call(c.on)
	if on == nil {
		return none, &Error{Code: CodeClosed, Message: "it is closed"}
	}
	on.mu.Lock()
	defer on.mu.Unlock()
	if on.ctx.Err() != nil && !on.lingers {
		return none, &Error{Code: CodeClosed, Message: "it is closed"}
	}
	provided, ok := on.provided.(T)
	if !ok {
		return none, &Error{Code: CodeClosed, Message: "it isn't open"}
	}
	return provided, nil
}
