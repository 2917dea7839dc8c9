package hostile

import (
	"encoding/binary"
	"fmt"
	"net"
)

// A Conn is one end of a WebSocket. Reading the net.Conn in it reads the bytes of frames, writing it
// writes such: half a frame, or none that makes sense. It has no buffer and no goroutine.
type Conn struct {
	net.Conn
	// OnPing is called for a ping that is read. Nil: it is answered.
	OnPing func(payload []byte)
	// OnPong is called for a pong that is read, if it isn't nil.
	OnPong func(payload []byte)

	masks   bool          // we are the client
	writing chan struct{} // full while a frame is written: in a bubble of synctest a mutex stops the clock
}

func newConn(c net.Conn, masks bool) *Conn {
	return &Conn{Conn: c, masks: masks, writing: make(chan struct{}, 1)}
}

// Closed is the close frame with which the peer ended the WebSocket. Reason is as it came: it may be
// no UTF-8.
type Closed struct {
	Code   int
	Reason string
}

func (c *Closed) Error() string { return fmt.Sprintf("closed with %d %q", c.Code, c.Reason) }

// Encode appends a frame to b as this end sends it, so that many go in one Write.
func (c *Conn) Encode(b []byte, f Frame) []byte { return f.append(b, c.masks) }

// SendFrame sends a frame as it is.
func (c *Conn) SendFrame(f Frame) error {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	_, err := c.Write(c.Encode(nil, f))
	return err
}

// Send sends each message in one binary frame.
func (c *Conn) Send(messages ...[]byte) error {
	for _, m := range messages {
		if err := c.SendFrame(Frame{Opcode: OpBinary, Payload: m}); err != nil {
			return err
		}
	}
	return nil
}

// SendFragments sends a message in frames of at most n bytes.
func (c *Conn) SendFragments(message []byte, n int) error {
	for opcode := byte(OpBinary); ; opcode = OpContinuation {
		last := len(message) <= n
		part := message[:min(n, len(message))]
		if err := c.SendFrame(Frame{More: !last, Opcode: opcode, Payload: part}); err != nil || last {
			return err
		}
		message = message[n:]
	}
}

// SendBytewise sends the bytes of one frame in a Write each.
func (c *Conn) SendBytewise(f Frame) error {
	c.writing <- struct{}{}
	defer func() { <-c.writing }()
	for _, b := range c.Encode(nil, f) {
		if _, err := c.Write([]byte{b}); err != nil {
			return err
		}
	}
	return nil
}

// SendClose sends a close frame.
func (c *Conn) SendClose(code int, reason string) error {
	payload := append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...)
	return c.SendFrame(Frame{Opcode: OpClose, Payload: payload})
}

// Receive returns the next message, its fragments joined. It answers pings, unless OnPing does. Its
// error is a *Closed when the peer sent a close frame.
func (c *Conn) Receive() ([]byte, error) {
	var message []byte
	for {
		f, err := c.next()
		if err != nil {
			return nil, err
		}
		if f.Opcode == OpPong {
			continue
		}
		if message = append(message, f.Payload...); !f.More {
			return message, nil
		}
	}
}

// AwaitPong sends a ping and reads until its pong comes. The peer has then read all that was sent
// before. Messages that come meanwhile are dropped.
func (c *Conn) AwaitPong(payload string) error {
	if err := c.SendFrame(Frame{Opcode: OpPing, Payload: []byte(payload)}); err != nil {
		return err
	}
	for {
		if f, err := c.next(); err != nil || f.Opcode == OpPong && string(f.Payload) == payload {
			return err
		}
	}
}

// next returns the next frame that is neither a ping nor a close.
func (c *Conn) next() (Frame, error) {
	for {
		f, err := readFrame(c.Conn)
		if err != nil {
			return f, err
		}
		switch f.Opcode {
		case OpPing:
			if c.OnPing != nil {
				c.OnPing(f.Payload)
			} else if err := c.SendFrame(Frame{Opcode: OpPong, Payload: f.Payload}); err != nil {
				return f, err
			}
		case OpClose:
			return f, closedBy(f.Payload)
		default:
			if f.Opcode == OpPong && c.OnPong != nil {
				c.OnPong(f.Payload)
			}
			return f, nil
		}
	}
}

func closedBy(payload []byte) error {
	if len(payload) < 2 {
		return &Closed{Code: 1005}
	}
	return &Closed{Code: int(binary.BigEndian.Uint16(payload)), Reason: string(payload[2:])}
}

// Drain reads until the WebSocket ends, and returns how: a *Closed or how the connection broke.
func (c *Conn) Drain() error {
	for {
		if _, err := c.Receive(); err != nil {
			return err
		}
	}
}
