package core

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Scanner finds Kafka's frames in the bytes that pass on a connection, and calls [Trace].Frame and
// [Trace].Bytes for them. The bytes may come in pieces of any size. A Scanner keeps no payload, and
// in steady state allocates nothing.
//
// It hides the bytes of requests and responses that may carry credentials: those of
// SaslAuthenticate, CreateDelegationToken, RenewDelegationToken, ExpireDelegationToken,
// DescribeDelegationToken, AlterConfigs, IncrementalAlterConfigs, AlterUserScramCredentials,
// Envelope, FetchSnapshot, and of APIs it doesn't know. It shows records, in Produce and Fetch.
//
// It shows no bytes before it knows their API. A request's header names the API; a response has that
// of the request with the same correlation ID. While a request with credentials waits for its
// response, the Scanner shows no response at all.
//
// After version 0 of SaslHandshake, credentials pass without a header, and nothing marks the first
// Kafka frame after them. The Scanner then shows nothing until a response has the correlation ID of
// something that looked like a request.
//
// On bytes that are not Kafka's, such as TLS, HTTP, or a length over [DefaultMaxFrame], the Scanner
// goes dark: it reports one FrameInfo with Dark set, and nothing after it.
type Scanner struct {
	trace          *Trace
	maxFrame       int
	start          time.Time
	sent, received direction
	dark           atomic.Bool

	mu       sync.Mutex
	inFlight requestQueue
	tokens   bool // a frame without a header may be a SASL token
}

// A direction is the state of one direction's frame.
type direction struct {
	out    bool
	header [requestStart]byte
	have   int  // bytes in header
	left   int  // bytes of the frame still to come, once its header is known
	shown  bool // whether Trace.Bytes gets them
}

// How many bytes of a frame the Scanner reads, the 4 of its length included.
const (
	requestStart  = frameHeader + 2 + 2 + 4 + 2 // API key, version, correlation id, length of the client id
	responseStart = frameHeader + 4             // correlation id
)

// NewScanner returns a Scanner that calls t. One goroutine may call Sent while another calls
// Received, but neither method may run twice at once.
func NewScanner(t *Trace) *Scanner {
	return &Scanner{trace: t, maxFrame: DefaultMaxFrame, start: time.Now(), sent: direction{out: true}}
}

// Sent scans bytes that the client sends. Call it before they are written: a response must not be
// scanned before its request.
func (s *Scanner) Sent(p []byte) { s.scan(&s.sent, p) }

// Received scans bytes that the client received.
func (s *Scanner) Received(p []byte) { s.scan(&s.received, p) }

// Lost makes the Scanner go dark, with why as FrameInfo.Dark. Call it when Sent or Received missed
// bytes, or got bytes that did not pass.
func (s *Scanner) Lost(why error) { s.goDark(true, why) }

func (s *Scanner) goDark(out bool, why error) {
	if s.dark.CompareAndSwap(false, true) {
		s.tell(FrameInfo{Out: out, Dark: why})
	}
}

func (s *Scanner) tell(f FrameInfo) {
	if s.trace.Frame != nil {
		s.trace.Frame(f)
	}
}

func (s *Scanner) show(out bool, p []byte) {
	if s.trace.Bytes != nil && len(p) > 0 {
		s.trace.Bytes(out, p)
	}
}

func (s *Scanner) scan(d *direction, p []byte) {
	for len(p) > 0 && !s.dark.Load() {
		if d.left == 0 {
			known, err := s.scanHeader(d, p)
			if err != nil {
				s.goDark(d.out, err)
			}
			if !known {
				return
			}
		}
		n := min(d.left, len(p))
		if d.shown {
			s.show(d.out, p[:n])
		}
		d.left -= n
		p = p[n:]
	}
}

// scanHeader collects a frame's header from p. Once the header is complete, scanHeader reports the
// frame, and sets d.left to the number of its bytes from the start of p on.
func (s *Scanner) scanHeader(d *direction, p []byte) (known bool, err error) {
	header := d.header[:responseStart]
	if d.out {
		header = d.header[:]
	}
	before := d.have
	d.have += copy(header[before:], p)
	if d.have < frameHeader {
		return false, nil
	}
	n := int(int32(binary.BigEndian.Uint32(header)))
	if err := s.checkLength([frameHeader]byte(header), n, d.out); err != nil {
		return false, err
	}
	header = header[:min(len(header), frameHeader+n)]
	if d.have < len(header) {
		return false, nil
	}
	f, err := s.understand(header[frameHeader:], n, d.out)
	if err != nil {
		return false, err
	}
	s.tell(f)
	d.have, d.left, d.shown = 0, frameHeader+n-before, !f.Withheld
	if d.shown {
		s.show(d.out, header[:before])
	}
	return true, nil
}

// checkLength returns nil if n, the length in header, is that of a frame.
func (s *Scanner) checkLength(header [frameHeader]byte, n int, out bool) error {
	switch {
	case n == 0 && s.awaitsTokens(): // an empty token, such as the answer to PLAIN's
		return nil
	case n > 0 && n <= s.maxFrame:
		return nil
	case out && header[0] == tlsHandshake && header[1] == tlsMajorVersion:
		return ErrTLS
	case out:
		return errNoRequest
	}
	return checkLength(header, n, s.maxFrame)
}

// ErrTLS is the [FrameInfo].Dark of a connection on which TLS begins.
var ErrTLS = errors.New("TLS begins here, and hides what passes inside it")

// errNoRequest doesn't quote the bytes: they may be credentials.
var errNoRequest = errors.New("the bytes sent are no Kafka request")

func (s *Scanner) awaitsTokens() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

// understand returns what the header of a frame says; n is the frame's length.
func (s *Scanner) understand(header []byte, n int, out bool) (FrameInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if out {
		return s.understandRequest(header, n)
	}
	return s.understandResponse(header, n)
}

func (s *Scanner) understandRequest(header []byte, n int) (FrameInfo, error) {
	f := FrameInfo{Out: true, Size: frameHeader + n, APIKey: UnknownAPI, Withheld: true, Token: s.tokens}
	r, ok := parseRequest(header, n)
	switch {
	case !ok && s.tokens:
		return f, nil
	case !ok:
		return f, errNoRequest
	}
	r.at, r.doubtful = time.Since(s.start), s.tokens
	if !s.inFlight.push(r) {
		return f, fmt.Errorf("%d requests wait for a response", maxInFlight)
	}
	if r.doubtful {
		return f, nil
	}
	s.tokens = r.startsTokens()
	f.APIKey, f.APIVersion, f.CorrelationID = r.apiKey, r.apiVersion, r.correlationID
	f.Withheld = mayCarrySecrets(r.apiKey)
	return f, nil
}

func (s *Scanner) understandResponse(header []byte, n int) (FrameInfo, error) {
	f := FrameInfo{Size: frameHeader + n, APIKey: UnknownAPI, Withheld: true, Token: s.tokens}
	var r request
	ok := len(header) == responseStart-frameHeader
	if ok {
		f.CorrelationID = int32(binary.BigEndian.Uint32(header))
		r, ok = s.inFlight.answer(f.CorrelationID)
	} else if !s.tokens {
		return f, fmt.Errorf("a response of %d bytes", n)
	}
	switch {
	case !ok && s.tokens:
		f.CorrelationID = 0 // these 4 bytes belong to a token
		return f, nil
	case !ok:
		return f, nil
	}
	f.APIKey, f.APIVersion, f.Token = r.apiKey, r.apiVersion, false
	f.Latency = time.Since(s.start) - r.at
	f.Withheld = s.tokens || mayCarrySecrets(r.apiKey) || s.inFlight.secrets > 0
	if r.doubtful && !r.startsTokens() {
		s.tokens = false
		s.inFlight.trust()
	}
	return f, nil
}

// parseRequest reads the header of a request of n bytes. It reports false for bytes that can't be
// one, such as text, and most ciphertext.
func parseRequest(header []byte, n int) (r request, ok bool) {
	const (
		// Kafka 4.3 has 93 APIs, in up to 19 versions. Text has no bytes below 32 but control characters.
		maxKey     = 1 << 10
		maxVersion = 31
	)
	if len(header) < requestStart-frameHeader {
		return r, false
	}
	r.apiKey = int16(binary.BigEndian.Uint16(header))
	r.apiVersion = int16(binary.BigEndian.Uint16(header[2:]))
	r.correlationID = int32(binary.BigEndian.Uint32(header[4:]))
	clientID := int(int16(binary.BigEndian.Uint16(header[8:]))) // its length; -1: none
	return r, r.apiKey >= 0 && r.apiKey <= maxKey &&
		r.apiVersion >= 0 && r.apiVersion <= maxVersion &&
		clientID >= -1 && clientID <= n-len(header)
}

// startsTokens reports whether SASL tokens without a header follow r.
func (r request) startsTokens() bool { return r.apiKey == apiSaslHandshake && r.apiVersion == 0 }
