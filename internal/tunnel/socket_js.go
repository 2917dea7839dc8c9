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

const (
	// bufferedHigh is how much the browser may hold that it has not sent yet.
	bufferedHigh = 1 << 20
	// bufferedPoll is the interval between looks at that: no event tells of it. Browsers round it up to
	// 4 ms.
	bufferedPoll = time.Millisecond
)

// jsSocket is a Socket over the browser's own WebSocket.
//
// Received messages wait in a queue, which the streams' credit keeps short. The close is reported
// after the last of them.
type jsSocket struct {
	ws        js.Value
	callbacks []js.Func

	mu      sync.Mutex
	changed sync.Cond
	open    bool
	queue   fifo
	ended   *CloseError

	received, sent int64 // bytes; sent are those that send was called with
}

// outgoing is the one Uint8Array that all messages pass through on their way out; the browser copies
// them from it. An array per message would stay until Go's garbage collector runs, which doesn't know
// how large it is.
var outgoing js.Value

var (
	uint8Array = js.Global().Get("Uint8Array")
	// Browsers have ArrayBuffer.prototype.transfer since 2024.
	canDetach = js.Global().Get("ArrayBuffer").Get("prototype").Get("transfer").Type() == js.TypeFunction
)

// A page is no bridge and can't ping: with these constants the linker leaves out what only they need.
const (
	linksBridge = false
	linksPing   = false
)

// errUntold is all that a program gets to know of a WebSocket that didn't open.
var errUntold = errors.New("WebSocket could not connect, and tells no program why: does a bridge run there, and does it have that path?")

// Dial opens a WebSocket to the bridge at a URL. The browser makes the connection.
func Dial(ctx context.Context, bridge string, dial DialFunc, secure SecureFunc) (Socket, net.Addr, error) {
	if dial != nil || secure != nil {
		return nil, nil, errors.New("BridgeDial and BridgeSecure are not for a page: its browser makes the connection")
	}
	s, err := openSocket(ctx, bridge)
	if err == errUntold {
		err = fmt.Errorf("%w%s", err, localNetworkHint())
	}
	if err != nil {
		return nil, nil, err
	}
	return s, addr("browser"), nil
}

func openSocket(ctx context.Context, bridge string) (_ *jsSocket, err error) {
	defer func() {
		// The constructor throws on a URL that it won't have, and on ws: in a page from https:.
		switch e := recover().(type) {
		case nil:
		case js.Error:
			if message := e.Value.Get("message").String(); message != "" {
				err = errors.New(message + mixedContentHint(bridge))
			} else { // Firefox, where a Content-Security-Policy forbids the bridge
				err = errUntold
			}
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
	s.on("error", s.onError)

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
		return s, nil
	case s.ended != nil:
		return nil, errUntold
	}
	s.closeLocked(CodeNormal, "")
	return nil, ctx.Err()
}

// on calls f, under the lock, for each event of a kind.
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

// onMessage copies a message and gives its memory back to the browser at once. Otherwise the browser
// keeps it until Go's garbage collector runs.
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
	s.received += int64(size)
	s.queue.push(b)
}

func (s *jsSocket) onClose(event js.Value) {
	if s.ended != nil {
		return
	}
	s.ended = &CloseError{Code: Code(event.Get("code").Int()), Reason: event.Get("reason").String()}
	if !event.Get("wasClean").Bool() || s.ended.Code < CodeNormal || s.ended.Code == 1005 {
		s.ended = &CloseError{Code: CodeAbnormal, Reason: "the connection broke"}
	}
	s.release()
}

// onError ends a socket that never opened. Chromium tells nothing else if a Content-Security-Policy forbids the bridge.
// An open socket gets a close after its error, which says more.
func (s *jsSocket) onError(js.Value) {
	if s.open || s.ended != nil {
		return
	}
	s.ended = &CloseError{Code: CodeAbnormal, Reason: "the connection broke"}
	s.release()
}

// release lets go of the callbacks. Nothing is called after it.
func (s *jsSocket) release() {
	for i, event := range []string{"open", "message", "close", "error"} {
		s.ws.Call("removeEventListener", event, s.callbacks[i])
	}
	for _, c := range s.callbacks {
		c.Release()
	}
}

func (s *jsSocket) Read(*share) (*buffer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.queue.empty() {
		if s.ended != nil {
			return nil, s.ended
		}
		s.changed.Wait()
	}
	return s.queue.pop(), nil
}

// Write implements Socket. It waits while the browser holds more than bufferedHigh.
func (s *jsSocket) Write(b *buffer) error {
	for {
		sent, err := s.TryWrite(b)
		if sent || err != nil {
			return err
		}
		time.Sleep(bufferedPoll)
	}
}

// TryWrite implements Socket.
func (s *jsSocket) TryWrite(b *buffer) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended != nil {
		return false, s.ended
	}
	if s.buffered() >= bufferedHigh {
		return false, nil
	}
	const readyStateOpen = 1
	if s.ws.Get("readyState").Int() != readyStateOpen { // its close event is on its way
		return false, &CloseError{Code: CodeAbnormal, Reason: "the connection broke"}
	}
	p := b.bytes()
	if outgoing.IsUndefined() {
		outgoing = uint8Array.New(fullBuffer)
	}
	js.CopyBytesToJS(outgoing, p)
	s.ws.Call("send", outgoing.Call("subarray", 0, len(p)))
	s.sent += int64(len(p))
	return true, nil
}

// buffered returns how many bytes the browser holds that it has not sent yet.
func (s *jsSocket) buffered() int { return s.ws.Get("bufferedAmount").Int() }

// Moved implements Socket.
func (s *jsSocket) Moved() (received, sent int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received, s.sent - int64(s.buffered())
}

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
	s.queue = fifo{}
	s.changed.Broadcast()
	s.release()
	// A page may close with 1000 and with 3000 to 4999 only.
	if code < 3000 {
		code = CodeNormal
	}
	s.ws.Call("close", int(code), CloseReason(reason))
}
