package bridge

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/clientid"
	"github.com/kafkaio/kafkaio/internal/filter"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// requestStart is the size in bytes of a request's API key, version and correlation id, which come before
// the client_id.
const requestStart = 8

// maxPending is how many requests of a connection may wait for answers. Beyond it the bridge reads no
// further one.
const maxPending = 256

// largeRest is the size in bytes of what follows the client_id from which on it isn't copied.
const largeRest = 16 << 10

// heldFrames are the frames of a connection on which the bridge has authenticated, and without policies. It
// passes on everything but authentications, and keeps count of what the broker has to answer.
type heldFrames struct {
	identity string // goes before the client_id, as "identity/client_id"; empty: the client_id stays

	mu      sync.Mutex
	pending []int32 // correlation ids, in the order of the requests
}

// Limit implements frames.
func (h *heldFrames) Limit(key, version int16) int { return core.DefaultMaxFrame }

// Parsed implements frames. Only headers are parsed.
func (h *heldFrames) Parsed([]byte) int { return 0 }

// Request implements frames.
func (h *heldFrames) Request(_ context.Context, request []byte) (net.Buffers, error) {
	head, err := parseRequestHeader(request)
	if err != nil {
		return nil, err
	}
	switch kmsg.Key(head.key) {
	case kmsg.SASLHandshake, kmsg.SASLAuthenticate:
		return nil, denied("the bridge authenticates to this cluster in place of its clients: connect without SASL")
	case kmsg.CreateDelegationToken, kmsg.RenewDelegationToken, kmsg.ExpireDelegationToken, kmsg.DescribeDelegationToken:
		return nil, denied("the bridge has the credentials for this cluster, and a delegation token would stand for them")
	case kmsg.ControlledShutdown: // whose version 0 has another header
		return nil, denied("ControlledShutdown is for brokers")
	}
	clientID := clientid.For(h.identity, []byte(head.clientID))
	rest := request[head.clientIDEnd:]
	size := requestStart + 2 + len(clientID) + len(rest)
	frame := make([]byte, 0, 4+min(size, requestStart+2+len(clientID)+largeRest))
	frame = binary.BigEndian.AppendUint32(frame, uint32(size))
	frame = append(frame, request[:requestStart]...)
	if string(clientID) == head.clientID { // which may be null
		frame = append(frame, request[requestStart:head.clientIDEnd]...)
	} else {
		frame = kbin.AppendString(frame, string(clientID))
	}
	parts := net.Buffers{frame, rest}
	if len(rest) < largeRest {
		parts = net.Buffers{append(frame, rest...)}
	}
	if head.isAnswered {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.pending = append(h.pending, head.correlationID)
	}
	return parts, nil
}

// Full implements frames.
func (h *heldFrames) Full() bool { return h.Pending() >= maxPending }

// Held implements frames. The ids are in what a stream costs.
func (h *heldFrames) Held() int { return 0 }

// Pending implements frames.
func (h *heldFrames) Pending() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pending)
}

// Response implements frames.
func (h *heldFrames) Response(correlationID int32, _ int) (filter.Rewrite, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pending) == 0 || h.pending[0] != correlationID {
		return nil, &tunnel.CloseError{Code: tunnel.CodeReset, Reason: fmt.Sprintf("frame: the broker sent an answer with correlation id %d, which is not that of the next request", correlationID)}
	}
	return nil, nil
}

// Done implements frames.
func (h *heldFrames) Done() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = append(h.pending[:0], h.pending[1:]...)
}

// Local implements frames.
func (h *heldFrames) Local() []byte { return nil }

// A requestHeader is what heldFrames has to know of a request.
type requestHeader struct {
	key, version  int16
	correlationID int32
	clientID      string // empty if it is null
	clientIDEnd   int    // the index after it
	isAnswered    bool   // it is no Produce with acks=0
}

// firstFlexibleProduce is the first version of Produce whose header has tags and whose strings are compact
// (KIP-482). firstTransactionalProduce is the first with a transactional id.
const (
	firstFlexibleProduce      = 9
	firstTransactionalProduce = 3
)

// parseRequestHeader reads the header of a request, and of a Produce the acks.
func parseRequestHeader(request []byte) (requestHeader, error) {
	r := kbin.Reader{Src: request}
	head := requestHeader{key: r.Int16(), version: r.Int16(), correlationID: r.Int32(), isAnswered: true}
	if id := r.NullableString(); id != nil {
		head.clientID = *id
	}
	head.clientIDEnd = len(request) - len(r.Src)
	if kmsg.Key(head.key) == kmsg.Produce {
		if head.version >= firstFlexibleProduce {
			kmsg.SkipTags(&r)
			r.CompactNullableString()
		} else if head.version >= firstTransactionalProduce {
			r.NullableString()
		}
		head.isAnswered = r.Int16() != 0
	}
	if err := r.Complete(); err != nil {
		return head, denied("what came is no Kafka request: its header is cut short")
	}
	return head, nil
}
