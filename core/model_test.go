package core

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"testing/synctest"
	"time"
)

// A connModel is a connection as its user sees it: the bytes that have arrived and were not received,
// the bytes sent, and whether it is open.
type connModel struct {
	t      *testing.T
	random *rand.Rand
	stream *memoryStream
	conn   *Conn

	pending []byte
	ended   bool // the peer has closed
	closed  bool // it is of no more use here
	sent    []byte
	room    int // what the transport still takes
}

const modelTimeout = time.Second

func TestConnAgainstAModel(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &connModel{t: t, random: rand.New(rand.NewPCG(seed, 0)), stream: newMemoryStream(), room: 2000}
				m.stream.room = m.room
				m.conn = NewConn(m.stream, Options{Timeout: modelTimeout, MaxFrame: 500})
				defer m.conn.Close()
				for range 100 {
					m.step()
				}
				if !bytes.Equal(m.stream.written, m.sent) {
					t.Errorf("%d bytes were sent, %d of them others; want %d", len(m.stream.written), len(m.sent), len(m.sent))
				}
			})
		})
	}
}

func (m *connModel) step() {
	switch m.random.IntN(20) {
	case 0, 1, 2, 3, 4, 5:
		m.say()
	case 6, 7, 8:
		m.receive()
	case 9, 10:
		m.readFrame()
	case 11, 12:
		m.tryReceive()
	case 13:
		m.alive()
	case 14, 15, 16:
		m.send()
	case 17:
		m.stream.take(100)
		m.room += 100
	case 18:
		_, err := m.conn.Receive(ctx, 501)
		m.check(err, ErrMismatchArgument, 0, 501, nil, 0)
	case 19:
		if m.random.IntN(5) == 0 && !m.ended {
			m.stream.hangUp(io.EOF)
			m.ended = true
		}
	}
}

// say makes the peer send a piece, which may be a frame.
func (m *connModel) say() {
	if m.ended {
		return
	}
	piece := make([]byte, 1+m.random.IntN(60))
	for i := range piece {
		piece[i] = byte(m.random.Uint32())
	}
	if m.random.IntN(2) == 0 {
		piece = append(binary.BigEndian.AppendUint32(nil, uint32(len(piece))), piece...)
	}
	m.stream.say(string(piece))
	m.pending = append(m.pending, piece...)
}

// take checks the result of receiving n bytes. before is how many the same call has received already.
func (m *connModel) take(got []byte, err error, n, before int, took time.Duration) {
	m.t.Helper()
	have := len(m.pending)
	switch {
	case m.closed:
		m.check(err, ErrNoConnection, 0, before+n, nil, took)
	case have >= n:
		if err != nil || !bytes.Equal(got, m.pending[:n]) {
			m.t.Fatalf("%d bytes of %d: %q, %v; want %q", n, have, got, err, m.pending[:n])
		}
		m.pending = m.pending[n:]
	case m.ended && before+have == 0:
		m.check(err, ErrNoConnection, 0, n, io.EOF, took)
		m.closed = true
	case m.ended:
		m.check(err, ErrCannotReceive, before+have, before+n, io.ErrUnexpectedEOF, took)
		m.closed = true
	default:
		m.check(err, ErrCannotReceive, before+have, before+n, os.ErrDeadlineExceeded, took-modelTimeout)
		m.closed = true
	}
}

func (m *connModel) receive() {
	n := 1 + m.random.IntN(100)
	if len(m.pending) > 0 && m.random.IntN(4) > 0 {
		n = min(n, len(m.pending))
	}
	start := time.Now()
	if m.random.IntN(2) == 0 {
		got, err := m.conn.Receive(ctx, n)
		m.take(got, err, n, 0, time.Since(start))
		return
	}
	got := make([]byte, n)
	_, err := m.conn.ReceiveInto(ctx, got)
	m.take(got, err, n, 0, time.Since(start))
}

func (m *connModel) readFrame() {
	start := time.Now()
	got, err := m.conn.ReadFrame(ctx, nil)
	took := time.Since(start)
	if m.closed || len(m.pending) < frameHeader {
		m.take(got, err, frameHeader, 0, took)
		return
	}
	n := int(int32(binary.BigEndian.Uint32(m.pending)))
	if n < 1 || n > 500 {
		if !errors.Is(err, ErrCannotReceive) || took != 0 {
			m.t.Fatalf("a frame of length %d: %v after %v", n, err, took)
		}
		m.closed = true
		return
	}
	m.pending = m.pending[frameHeader:]
	m.take(got, err, n, frameHeader, took)
}

func (m *connModel) tryReceive() {
	p := make([]byte, 1+m.random.IntN(50))
	n, err := m.conn.TryReceive(p)
	switch {
	case m.closed, m.ended && len(m.pending) == 0:
		m.check(err, ErrNoConnection, 0, 0, nil, 0)
		m.closed = true
	case err != nil || n > len(m.pending) || n == 0 && len(m.pending) > 0 || !bytes.HasPrefix(m.pending, p[:n]):
		m.t.Fatalf("TryReceive: %d bytes, %v; there are %d", n, err, len(m.pending))
	default:
		m.pending = m.pending[n:]
	}
}

func (m *connModel) alive() {
	want := !m.closed && !(m.ended && len(m.pending) == 0)
	if got := m.conn.Alive(); got != want {
		m.t.Fatalf("Alive is %v, want %v", got, want)
	}
	m.closed = m.closed || !want
}

func (m *connModel) send() {
	payload := bytes.Repeat([]byte{byte(m.random.Uint32())}, 1+m.random.IntN(300))
	message := payload
	start := time.Now()
	var err error
	if m.random.IntN(2) == 0 {
		message = append(binary.BigEndian.AppendUint32(nil, uint32(len(payload))), payload...)
		err = m.conn.WriteFrame(ctx, payload)
	} else {
		_, err = m.conn.Send(ctx, payload)
	}
	took := time.Since(start)
	switch {
	case m.closed:
		m.check(err, ErrNoConnection, 0, len(message), nil, took)
	case len(message) <= m.room:
		if err != nil || took != 0 {
			m.t.Fatalf("send %d bytes: %v after %v", len(message), err, took)
		}
		m.sent = append(m.sent, message...)
		m.room -= len(message)
	default:
		m.check(err, ErrCannotSend, m.room, len(message), os.ErrDeadlineExceeded, took-modelTimeout)
		m.sent = append(m.sent, message[:m.room]...)
		m.room, m.closed = 0, true
	}
}

// check checks the error, and that it came no later than the call may wait.
func (m *connModel) check(err error, code Code, done, want int, cause error, late time.Duration) {
	m.t.Helper()
	check(m.t, err, code, done, want, cause)
	if late != 0 {
		m.t.Errorf("%v came %v late", err, late)
	}
}

// Many connections that time out at the same moment all do so in time, and leave nothing behind.
func TestAThousandConnectionsTimeOutAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errs := make(chan error)
		start := time.Now()
		for i := range 1000 {
			s := newMemoryStream()
			s.room = 0
			c := NewConn(s, Options{Timeout: modelTimeout})
			go func() {
				var err error
				if i%2 == 0 {
					_, err = c.Receive(ctx, 1)
				} else {
					_, err = c.Send(ctx, []byte("x"))
				}
				if isOpen(c) || !s.closed {
					t.Error("the connection was left open")
				}
				errs <- err
			}()
		}
		for range 1000 {
			var e *Error
			if err := <-errs; !errors.As(err, &e) || !e.Timeout() {
				t.Errorf("%v is no timeout", err)
			}
		}
		if took := time.Since(start); took > modelTimeout+modelTimeout/10 {
			t.Errorf("a timeout of %v took %v", modelTimeout, took)
		}
	})
}
