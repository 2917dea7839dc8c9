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
	dialErr  error                     // of the last dial
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

// dialed notes how a dial ended.
func (s *sent) dialed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialErr = err
}

// whyNot is why the last dial failed; nil: it didn't.
func (s *sent) whyNot() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialErr
}

// note notes a frame that is about to be written.
func (s *sent) note(frame []byte) {
	if len(frame) >= 6 {
		s.mu.Lock()
		if s.count == nil {
			s.count = make(map[int16]uint64)
		}
		s.count[int16(binary.BigEndian.Uint16(frame[4:]))]++
		s.mu.Unlock()
	}
	body, version, ok := produceBody(frame)
	if !ok {
		return
	}
	req := kmsg.ProduceRequest{Version: version}
	err := req.ReadFrom(body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if err != nil {
		s.unread = s.requests
		return
	}
	if s.last == nil {
		s.last = make(map[topicPartition]uint64)
	}
	for _, t := range req.Topics {
		for _, p := range t.Partitions {
			s.last[topicPartition{t.Topic, p.Partition}] = s.requests
		}
	}
}

// produceBody returns what follows the header of a Produce request; not ok for any other.
func produceBody(frame []byte) (body []byte, version int16, ok bool) {
	const (
		apiKey       = 0
		fixed        = 4 + 2 + 2 + 4 // size, API key, version, correlation id
		withClientID = fixed + 2
	)
	if len(frame) < withClientID || binary.BigEndian.Uint16(frame[4:]) != apiKey {
		return nil, 0, false
	}
	version = int16(binary.BigEndian.Uint16(frame[6:]))
	body = frame[withClientID:]
	if n := int16(binary.BigEndian.Uint16(frame[fixed:])); n > 0 {
		if int(n) > len(body) {
			return nil, 0, false
		}
		body = body[n:]
	}
	if version >= apis[apiKey].flexible {
		if body, ok = skipTags(body); !ok {
			return nil, 0, false
		}
	}
	return body, version, true
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
