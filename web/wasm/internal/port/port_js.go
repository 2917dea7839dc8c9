package port

import (
	"context"
	"syscall/js"

	"github.com/kafkaio/kafkaio/web/wasm/internal/queue"
)

var uint8Array = js.Global().Get("Uint8Array")

// A workerPort is the Port of web/src/run.ts. Its callback must not wait, so messages queue here.
type workerPort struct {
	port js.Value
	came *queue.Queue[Message]
}

// FromJS returns the Port over the Worker's, whose messages it receives from now on.
func FromJS(p js.Value) Port {
	w := &workerPort{port: p, came: queue.New[Message](0)}
	p.Call("listen", js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.enqueue(args[0])
		return nil
	}))
	return w
}

func (w *workerPort) enqueue(data js.Value) {
	message := Message{Text: []byte(data.Index(0).String())}
	if bytes := data.Index(1); bytes.Truthy() {
		message.Bytes = make([]byte, bytes.Get("byteLength").Int())
		js.CopyBytesToGo(message.Bytes, bytes)
	}
	w.came.Put(message)
}

func (w *workerPort) Receive(ctx context.Context) (Message, error) { return w.came.Take(ctx) }

// Post copies the parts into an ArrayBuffer, which then belongs to the page.
func (w *workerPort) Post(parts ...[]byte) {
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
	w.port.Call("post", bytes.Get("buffer"))
}
