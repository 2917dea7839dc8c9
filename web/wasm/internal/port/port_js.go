package port

import (
	"context"
	"syscall/js"

	"github.com/kafkaio/kafkaio/web/wasm/internal/queue"
)

var (
	uint8Array = js.Global().Get("Uint8Array")
	array      = js.Global().Get("Array")
)

// messagePort is a Port over a MessagePort. Its message callback must not wait, so messages queue here.
type messagePort struct {
	port js.Value
	came *queue.Queue[Message]
}

// FromJS returns the Port over a MessagePort, whose messages it receives from now on.
func FromJS(p js.Value) Port {
	m := &messagePort{port: p, came: queue.New[Message](0)}
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
	m.came.Put(message)
}

func (m *messagePort) Receive(ctx context.Context) (Message, error) { return m.came.Take(ctx) }

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
