package porttest

import (
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A Page is the page's end of a port. Its methods fail the test for a message that breaks the protocol.
type Page struct {
	t        testing.TB
	requests chan port.Message

	// Answer answers questions, in a goroutine of its own each. ctx ends when the question is retracted.
	// Set it before the first call.
	Answer func(ctx context.Context, call uint32, callback string, argument any) (any, error)

	mu        sync.Mutex
	calls     map[uint32]*Call
	last      uint32
	questions map[uint32]context.CancelFunc
	answering sync.WaitGroup
	ended     bool // the test has: questions stay without an answer
}

// Pipe returns both ends of a port. The test ends the program's end before it ends itself.
func Pipe(t testing.TB) (port.Port, *Page) {
	p := &Page{
		t: t, requests: make(chan port.Message, 64),
		calls: make(map[uint32]*Call), questions: make(map[uint32]context.CancelFunc),
	}
	t.Cleanup(func() {
		p.mu.Lock()
		p.ended = true
		for _, cancel := range p.questions {
			cancel()
		}
		p.mu.Unlock()
		p.answering.Wait()
	})
	return (*programEnd)(p), p
}

// programEnd is the port as the program has it.
type programEnd Page

func (e *programEnd) Receive(ctx context.Context) (port.Message, error) {
	select {
	case m := <-e.requests:
		return m, nil
	case <-ctx.Done():
		return port.Message{}, context.Cause(ctx)
	}
}

func (e *programEnd) Post(parts ...[]byte) {
	var b []byte
	for _, part := range parts {
		b = append(b, part...)
	}
	(*Page)(e).received(b)
}

// send sends a message to the program.
func (p *Page) send(message map[string]any, bytes []byte) {
	text, err := json.Marshal(message)
	if err != nil {
		p.t.Error(err)
		return
	}
	p.requests <- port.Message{Text: text, Bytes: bytes}
}
