package bridge_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/kafkaio/kafkaio/bridge"
)

const password = "wonderland-4711"

// alice returns the credentials that a saslBroker accepts.
func alice(context.Context, bridge.Identity) (sasl.Mechanism, error) {
	return plain.Auth{User: "alice", Pass: password}.AsMechanism(), nil
}

// A saslBroker wants SASL first, and then again before lifetime has passed. It answers any other request
// with the request itself, after delay, in order.
type saslBroker struct {
	lifetime, delay time.Duration
	// principalOf returns who authenticates with these bytes, or "". Nil: alice does with her password.
	principalOf func(auth []byte) string
	// answer returns the answer to a request of a principal. Nil: the request.
	answer func(principal, clientID string, request []byte) []byte

	mu              sync.Mutex
	authentications int
	faults          []string // what the bridge did wrong
	clientIDs       []string
}

func (b *saslBroker) fault(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

func (b *saslBroker) seen() (authentications int, faults, clientIDs []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.authentications, b.faults, b.clientIDs
}

type delayed struct {
	at     time.Time
	answer []byte
}

// serve serves one connection.
func (b *saslBroker) serve(c net.Conn) {
	var mu sync.Mutex
	unanswered := 0
	answers := make(chan delayed, 1000)
	defer close(answers)
	go func() {
		for a := range answers {
			time.Sleep(time.Until(a.at))
			mu.Lock()
			unanswered--
			mu.Unlock()
			c.Write(a.answer)
		}
	}()
	var expires time.Time
	var principal string
	for {
		request, err := readFrame(c)
		if err != nil {
			return
		}
		r := kbin.Reader{Src: request}
		key, version, id, clientID := r.Int16(), r.Int16(), r.Int32(), r.NullableString()
		req := kmsg.RequestForKey(key)
		req.SetVersion(version)
		mu.Lock()
		waiting := unanswered
		mu.Unlock()
		if key == 17 && waiting > 0 {
			b.fault("an authentication while %d requests wait", waiting)
		}
		var answer []byte
		switch {
		case key == int16(kmsg.ApiVersions) && expires.IsZero():
			resp := kmsg.NewPtrApiVersionsResponse()
			for key, most := range map[int16]int16{17: 1, 36: 2, 18: 4} {
				k := kmsg.NewApiVersionsResponseApiKey()
				k.ApiKey, k.MaxVersion = key, most
				resp.ApiKeys = append(resp.ApiKeys, k)
			}
			answer = resp.AppendTo(nil)
		case key == int16(kmsg.SASLHandshake):
			resp := kmsg.NewPtrSASLHandshakeResponse()
			resp.Version = version
			answer = resp.AppendTo(nil)
		case key == int16(kmsg.SASLAuthenticate):
			if err := req.ReadFrom(r.Src); err != nil {
				b.fault("%v", err)
			}
			resp := kmsg.NewPtrSASLAuthenticateResponse()
			resp.Version = version
			auth := req.(*kmsg.SASLAuthenticateRequest).SASLAuthBytes
			if principal = b.authenticate(auth); principal != "" {
				resp.SessionLifetimeMillis = b.lifetime.Milliseconds()
				expires = time.Now().Add(24 * time.Hour)
				if b.lifetime > 0 {
					expires = time.Now().Add(b.lifetime)
				}
				b.mu.Lock()
				b.authentications++
				b.mu.Unlock()
			} else {
				resp.ErrorCode = kerr.SaslAuthenticationFailed.Code
				resp.ErrorMessage = kmsg.StringPtr("Authentication failed: Invalid username or password")
				if b.principalOf != nil {
					resp.ErrorMessage = kmsg.StringPtr("Authentication failed: " + string(auth))
				}
			}
			answer = resp.AppendTo(nil)
		default:
			if time.Now().After(expires) {
				b.fault("a request of API %d after the session's end", key)
				return
			}
			b.mu.Lock()
			if clientID != nil && len(b.clientIDs) < 10 {
				b.clientIDs = append(b.clientIDs, *clientID)
			}
			b.mu.Unlock()
			mu.Lock()
			unanswered++
			mu.Unlock()
			answer := request
			if b.answer != nil {
				answer = b.answer(principal, *clientID, request)
			}
			answers <- delayed{time.Now().Add(b.delay), response(id, answer)}
			continue
		}
		if _, err := c.Write(response(id, answer)); err != nil {
			return
		}
	}
}

// authenticate returns the principal, or "".
func (b *saslBroker) authenticate(auth []byte) string {
	if b.principalOf != nil {
		return b.principalOf(auth)
	}
	if bytes.HasSuffix(auth, []byte("alice\x00"+password)) {
		return "alice"
	}
	return ""
}

// response returns a frame that answers a request.
func response(id int32, body []byte) []byte {
	frame := binary.BigEndian.AppendUint32(nil, uint32(4+len(body)))
	return append(binary.BigEndian.AppendUint32(frame, uint32(id)), body...)
}

// request returns a frame of a request with a body of size bytes. Its client_id is "c".
func request(key, version int16, id int32, size int) []byte {
	frame := binary.BigEndian.AppendUint32(nil, uint32(8+3+size))
	frame = binary.BigEndian.AppendUint16(frame, uint16(key))
	frame = binary.BigEndian.AppendUint16(frame, uint16(version))
	frame = binary.BigEndian.AppendUint32(frame, uint32(id))
	return append(append(frame, 0, 1, 'c'), make([]byte, size)...)
}

// readFrame reads a frame and returns it without its length.
func readFrame(r io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(size[:])
	if n > 64<<20 {
		return nil, errors.New("no frame")
	}
	frame := make([]byte, n)
	_, err := io.ReadFull(r, frame)
	return frame, err
}
