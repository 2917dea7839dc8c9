package client

import (
	"encoding/binary"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// sent knows which requests were written. franz-go doesn't say of a write that failed whether it had been
// under way, and only then does the failure leave open whether it was done.
type sent struct {
	mu       sync.Mutex
	count    map[int16]uint64          // of requests, by API key
	requests uint64                    // Produce requests
	last     map[topicPartition]uint64 // the last of them for each partition
	unread   uint64                    // the last that could not be read, and may have been for any
}

type topicPartition struct {
	topic     string
	partition int32
}

// now is a point in time for since.
func (s *sent) now() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// since reports whether a request for a partition has been written since then.
func (s *sent) since(then uint64, topic string, partition int32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.unread, s.last[topicPartition{topic, partition}]) > then
}

// ofAPI is the number of requests of an API that were written.
func (s *sent) ofAPI(key int16) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count[key]
}

const (
	produceKey = 0
	// What the header of a request begins with: size, API key, version, correlation id and the client id's length.
	keyAt, versionAt, clientIDAt = 4, 6, 12
)

// note notes a frame that is about to be written.
func (s *sent) note(frame []byte) {
	if len(frame) < versionAt {
		return
	}
	key := int16(binary.BigEndian.Uint16(frame[keyAt:]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count, s.last = make(map[int16]uint64), make(map[topicPartition]uint64)
	}
	s.count[key]++
	if key != produceKey {
		return
	}
	s.requests++
	req, ok := readProduce(frame)
	if !ok {
		s.unread = s.requests
		return
	}
	for _, t := range req.Topics {
		for _, p := range t.Partitions {
			s.last[topicPartition{t.Topic, p.Partition}] = s.requests
		}
	}
}

// readProduce decodes a Produce request.
func readProduce(frame []byte) (req kmsg.ProduceRequest, ok bool) {
	const afterLength = clientIDAt + 2
	if len(frame) < afterLength {
		return req, false
	}
	req.Version = int16(binary.BigEndian.Uint16(frame[versionAt:]))
	body := frame[afterLength:]
	if n := int(int16(binary.BigEndian.Uint16(frame[clientIDAt:]))); n > len(body) {
		return req, false
	} else if n > 0 {
		body = body[n:]
	}
	if req.IsFlexible() {
		if body, ok = skipTags(body); !ok {
			return req, false
		}
	}
	return req, req.ReadFrom(body) == nil
}

// A sentConn notes the requests that are written to it. franz-go writes each with one Write.
type sentConn struct {
	net.Conn
	sent *sent
}

func (c sentConn) Write(b []byte) (int, error) {
	c.sent.note(b)
	return c.Conn.Write(b)
}
