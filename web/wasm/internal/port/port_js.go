package port

import (
	"context"
	"sync"
	"syscall/js"
)

var (
	uint8Array = js.Global().Get("Uint8Array")
	array      = js.Global().Get("Array")
)

// messagePort is a Port over a MessagePort. Its message callback must not wait, so messages queue here.
type messagePort struct {
	port js.Value
	came chan struct{} // has room for one: there may be something in queue

	mu    sync.Mutex
	queue []Message
}

// FromJS returns the Port over a MessagePort, whose messages it receives from now on.
func FromJS(p js.Value) Port {
	m := &messagePort{port: p, came: make(chan struct{}, 1)}
	p.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		m.enqueue(args[0].Get("data"))
		return nil
	}))
	return m
}

func (m *messagePort) enqueue(data js.Value) {
	message := Message{Text: []byte(data.Index(0).String())}
	if bytes := data.Index(1); bytes.Truthy() {
		message.Bytes = make([]byte, bytes.Get("byteLength").Int())
		js.CopyBytesToGo(message.Bytes, bytes)
	}
	m.mu.Lock()
	m.queue = append(m.queue, message)
	m.mu.Unlock()
	select {
	case m.came <- struct{}{}:
	default:
	}
}

func (m *messagePort) Receive(ctx context.Context) (Message, error) {
	for {
		m.mu.Lock()
		if len(m.queue) > 0 {
			message := m.queue[0]
			m.queue = m.queue[1:]
			m.mu.Unlock()
			return message, nil
		}
		m.mu.Unlock()
		select {
		case <-m.came:
		case <-ctx.Done():
			return Message{}, context.Cause(ctx)
		}
	}
}

// Post copies the parts into an ArrayBuffer, which then belongs to the page.
func (m *messagePort) Post(parts ...[]byte) {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	bytes := uint8Array.New(size)
	at := 0
	for _, p := range parts {
		js.CopyBytesToJS(bytes.Call("subarray", at), p)
		at += len(p)
	}
	buffer := bytes.Get("buffer")
	m.port.Call("postMessage", buffer, array.Call("of", buffer))
}
