package tunnel

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"syscall/js"
	"time"
)

// DialTCP is what other targets open a WebSocket's connection with. A browser does that itself.
type DialTCP func(ctx context.Context, network, addr string) (net.Conn, error)

const (
	// bufferedHigh is how much the browser may hold that it has not sent yet.
	bufferedHigh = 1 << 20
	// bufferedPoll is how often that is looked at, for no event tells. Browsers round up to 4 ms.
	bufferedPoll = time.Millisecond
)

// jsSocket is a Socket over the browser's own WebSocket.
//
// Messages wait in a queue that is emptied before the close is reported; what keeps it short is
// the credit of the streams.
type jsSocket struct {
	ws        js.Value
	callbacks []js.Func

	mu      sync.Mutex
	changed sync.Cond
	open    bool
	queue   []*buffer
	ended   *CloseError
}

var (
	uint8Array = js.Global().Get("Uint8Array")
	// Browsers have ArrayBuffer.prototype.transfer since 2024.
	canDetach = js.Global().Get("ArrayBuffer").Get("prototype").Get("transfer").Type() == js.TypeFunction
)

// Dial opens a WebSocket to the bridge at a URL. The browser makes the connection.
func Dial(ctx context.Context, bridge string, _ DialTCP) (_ Socket, _ net.Addr, err error) {
	defer func() {
		// The constructor throws on a URL that it won't have, and on ws: in a page from https:.
		switch e := recover().(type) {
		case nil:
		case js.Error:
			err = errors.New(e.Value.Get("message").String())
		default:
			panic(e)
		}
	}()
	s := &jsSocket{ws: js.Global().Get("WebSocket").New(bridge, Subprotocol)}
	s.changed.L = &s.mu
	s.ws.Set("binaryType", "arraybuffer")
	s.on("open", func(js.Value) { s.open = true })
	s.on("message", s.onMessage)
	s.on("close", s.onClose)

	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.changed.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.open && s.ended == nil && ctx.Err() == nil {
		s.changed.Wait()
	}
	switch {
	case s.open:
		return s, addr("browser"), nil
	case s.ended != nil:
		return nil, nil, errors.New("the browser could not connect, and tells no page why: is the bridge running there?")
	}
	s.closeLocked(CodeNormal, "")
	return nil, nil, ctx.Err()
}

// on has f called under the lock for an event of the WebSocket.
func (s *jsSocket) on(event string, f func(event js.Value)) {
	callback := js.FuncOf(func(_ js.Value, args []js.Value) any {
		s.mu.Lock()
		defer s.mu.Unlock()
		f(args[0])
		s.changed.Broadcast()
		return nil
	})
	s.callbacks = append(s.callbacks, callback)
	s.ws.Call("addEventListener", event, callback)
}

// onMessage copies a message at once and gives its memory back to the browser, which would
// otherwise keep it until Go's garbage collector comes by.
func (s *jsSocket) onMessage(event js.Value) {
	data := event.Get("data")
	if data.Type() == js.TypeString {
		s.closeLocked(CodeMalformed, "a text message, binary ones were expected")
		return
	}
	bytes := uint8Array.New(data)
	size := bytes.Length()
	if size > MaxMessage {
		s.closeLocked(CodeMalformed, fmt.Sprintf("a message over %d bytes", MaxMessage))
		return
	}
	b := newBuffer(size)
	b.w = js.CopyBytesToGo(b.data[:size], bytes)
	if canDetach {
		data.Call("transfer", 0)
	}
	s.queue = append(s.queue, b)
}

func (s *jsSocket) onClose(event js.Value) {
	if s.ended != nil {
		return
	}
	s.ended = &CloseError{Code: Code(event.Get("code").Int()), Reason: event.Get("reason").String()}
	if !event.Get("wasClean").Bool() || s.ended.Code < CodeNormal || s.ended.Code == 1005 {
		s.ended = &CloseError{Code: CodeAbnormal, Reason: "the connection to the bridge broke"}
	}
	s.release()
}

// release lets go of the callbacks. Nothing is called after it.
func (s *jsSocket) release() {
	for i, event := range []string{"open", "message", "close"} {
		s.ws.Call("removeEventListener", event, s.callbacks[i])
	}
	for _, c := range s.callbacks {
		c.Release()
	}
}

func (s *jsSocket) Read() (*buffer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.queue) == 0 {
		if s.ended != nil {
			return nil, s.ended
		}
		s.changed.Wait()
	}
	b := s.queue[0]
	s.queue[0] = nil
	s.queue = s.queue[1:]
	return b, nil
}

// Write waits while the browser holds more than bufferedHigh.
func (s *jsSocket) Write(p []byte) error {
	for {
		s.mu.Lock()
		ended := s.ended
		s.mu.Unlock()
		if ended != nil {
			return ended
		}
		if s.WritesAtOnce(len(p)) {
			break
		}
		time.Sleep(bufferedPoll)
	}
	const readyStateOpen = 1
	if s.ws.Get("readyState").Int() != readyStateOpen { // its close event is on its way
		return &CloseError{Code: CodeAbnormal, Reason: "the connection to the bridge broke"}
	}
	data := uint8Array.New(len(p))
	js.CopyBytesToJS(data, p)
	s.ws.Call("send", data)
	return nil
}

// WritesAtOnce implements Socket.
func (s *jsSocket) WritesAtOnce(int) bool { return s.ws.Get("bufferedAmount").Int() < bufferedHigh }

// Close implements Socket. What was written before it is still sent by the browser.
func (s *jsSocket) Close(code Code, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeLocked(code, reason)
}

func (s *jsSocket) closeLocked(code Code, reason string) {
	if s.ended != nil {
		return
	}
	s.ended = &CloseError{Code: code, Reason: reason}
	s.queue = nil
	s.changed.Broadcast()
	s.release()
	// A page may close with 1000 and with 3000 to 4999 only.
	if code < 3000 {
		code = CodeNormal
	}
	s.ws.Call("close", int(code), CloseReason(reason))
}
