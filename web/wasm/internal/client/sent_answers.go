package client

import (
	"encoding/binary"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// A sentConn notes the requests that are written to it, and the brokers' answers to those of Produce. franz-go writes each
// with one Write.
type sentConn struct {
	net.Conn
	sent *sent

	mu      sync.Mutex
	waiting map[int32]written // by correlation id
	frame   []byte            // what has come of an answer
	skip    int               // so many bytes are of an answer that nobody waits for
}

func (c *sentConn) Write(b []byte) (int, error) {
	if w, ok := c.sent.note(b); ok {
		c.mu.Lock()
		if c.waiting == nil {
			c.waiting = make(map[int32]written)
		}
		c.waiting[w.id] = w
		c.mu.Unlock()
	}
	return c.Conn.Write(b)
}

func (c *sentConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	for read := b[:n]; len(read) > 0; {
		read = c.take(read)
	}
	return n, err
}

const (
	answerHeader = 8       // size and correlation id
	maxAnswer    = 1 << 20 // a longer answer isn't read: its records stay open
)

// take takes a part of an answer, and returns what is left.
func (c *sentConn) take(b []byte) []byte {
	if c.skip > 0 {
		n := min(c.skip, len(b))
		c.skip -= n
		return b[n:]
	}
	whole := answerHeader
	if len(c.frame) >= answerHeader {
		whole = c.size()
	}
	n := min(whole-len(c.frame), len(b))
	c.frame = append(c.frame, b[:n]...)
	switch {
	case len(c.frame) < answerHeader:
	case len(c.frame) >= c.size():
		c.answered()
		c.frame = c.frame[:0]
	case !c.isAwaited() || c.size() > maxAnswer:
		c.skip = c.size() - len(c.frame)
		c.frame = c.frame[:0]
	}
	return b[n:]
}

// size is that of the answer of which the header is there.
func (c *sentConn) size() int { return 4 + int(binary.BigEndian.Uint32(c.frame)) }

func (c *sentConn) isAwaited() bool {
	_, ok := c.waiting[c.correlation()]
	return ok
}

func (c *sentConn) correlation() int32 { return int32(binary.BigEndian.Uint32(c.frame[4:])) }

// answered reads an answer, and says which partitions it denied.
func (c *sentConn) answered() {
	w, ok := c.waiting[c.correlation()]
	if !ok {
		return
	}
	delete(c.waiting, w.id)
	resp := kmsg.ProduceResponse{Version: w.version}
	body := c.frame[answerHeader:]
	if resp.IsFlexible() {
		if body, ok = skipTags(body); !ok {
			return
		}
	}
	if resp.ReadFrom(body) != nil {
		return
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if p.ErrorCode != 0 && !leavesOpen(kerr.ErrorForCode(p.ErrorCode)) {
				c.sent.deny(w, topicPartition{t.Topic, p.Partition})
			}
		}
	}
}
