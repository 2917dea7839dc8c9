package client

import (
	"encoding/binary"
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

// since reports whether a request for a partition has been written since then, unless its broker has denied it.
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
	keyAt, versionAt, correlationAt, clientIDAt = 4, 6, 8, 12
)

// A written is a Produce request that was noted. before has the one that was the last for each of its partitions.
type written struct {
	id      int32 // for the correlation with its answer
	version int16
	number  uint64
	before  map[topicPartition]uint64
}

// note notes a frame that is about to be written. ok: it is a Produce request that a broker answers.
func (s *sent) note(frame []byte) (w written, ok bool) {
	if len(frame) < versionAt {
		return w, false
	}
	key := int16(binary.BigEndian.Uint16(frame[keyAt:]))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == nil {
		s.count, s.last = make(map[int16]uint64), make(map[topicPartition]uint64)
	}
	s.count[key]++
	if key != produceKey {
		return w, false
	}
	s.requests++
	req, ok := readProduce(frame)
	if !ok {
		s.unread = s.requests
		return w, false
	}
	w = written{int32(binary.BigEndian.Uint32(frame[correlationAt:])), req.Version, s.requests, make(map[topicPartition]uint64)}
	for _, t := range req.Topics {
		for _, p := range t.Partitions {
			tp := topicPartition{t.Topic, p.Partition}
			w.before[tp] = s.last[tp]
			s.last[tp] = s.requests
		}
	}
	return w, req.Acks != 0
}

// deny notes that a broker stored nothing of a request in a partition.
func (s *sent) deny(w written, tp topicPartition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if before, ok := w.before[tp]; ok && s.last[tp] == w.number {
		s.last[tp] = before
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
