package core

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A Scanner finds Kafka's frames in the bytes of a connection as they pass, cut in any way, and
// tells a [Trace] of them: its Frame and its Bytes. It keeps no payload, and in steady state
// allocates nothing.
//
// No bytes are shown of what may give access to something: the requests and responses of
// SaslAuthenticate, of the APIs of delegation tokens, of AlterConfigs and IncrementalAlterConfigs,
// AlterUserScramCredentials, Envelope, FetchSnapshot, and of APIs that are newer than this list.
// Records are shown, in Produce and Fetch.
//
// Nothing is shown before its API is known: a request's by its header, a response's by the request
// that it answers. While a request that may carry secrets waits for its response, no response is
// shown. After version 0 of SaslHandshake credentials pass without any header, and Kafka's frames
// come after them without a mark: nothing is shown until a response has the correlation id of what
// looked like a request.
//
// What is no Kafka makes it go dark: TLS, HTTP, lengths over DefaultMaxFrame. It says so once, by a
// FrameInfo with Dark set, and tells nothing more.
type Scanner struct {
	trace          *Trace
	maxFrame       int
	start          time.Time
	sent, received direction
	dark           atomic.Bool

	mu       sync.Mutex
	inFlight requestQueue
	tokens   bool // what has no header may be a SASL token
}

// A direction is how far its bytes have come.
type direction struct {
	out    bool
	header [requestStart]byte
	have   int  // bytes of header
	left   int  // bytes of the frame that are still to come, after its header was understood
	shown  bool // they are for Bytes
}

// The bytes of a frame that are read, of which the first are its length.
const (
	requestStart  = frameHeader + 2 + 2 + 4 + 2 // API key, version, correlation id, length of the client id
	responseStart = frameHeader + 4             // correlation id
)

// NewScanner returns a Scanner that tells t. Sent may be called beside Received, but each of them
// by one goroutine at a time.
func NewScanner(t *Trace) *Scanner {
	return &Scanner{trace: t, maxFrame: DefaultMaxFrame, start: time.Now(), sent: direction{out: true}}
}

// Sent is told what the client sends, before it can be answered.
func (s *Scanner) Sent(p []byte) { s.scan(&s.sent, p) }

// Received is told what the client receives.
func (s *Scanner) Received(p []byte) { s.scan(&s.received, p) }

// Lost tells that bytes are missing, or that others were told than passed: the Scanner goes dark.
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

// scanHeader looks at the start of a frame, as far as it has come with p. Once it is known, the
// frame is told of, and d.left is how much of it there is from p on.
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

// checkLength says why no frame can be of length n.
func (s *Scanner) checkLength(header [frameHeader]byte, n int, out bool) error {
	switch {
	case n == 0 && s.awaitsTokens(): // an empty token: PLAIN's answer
		return nil
	case n > 0 && n <= s.maxFrame:
		return nil
	case out && header[0] == tlsHandshake && header[1] == tlsMajorVersion:
		return errors.New("TLS begins here, what passes inside it can't be seen")
	case out:
		return errNoRequest
	}
	return checkLength(header, n, s.maxFrame)
}

// errNoRequest says nothing about what was sent: it may be credentials.
var errNoRequest = errors.New("what is sent is no Kafka request")

func (s *Scanner) awaitsTokens() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens
}

// understand says what a frame of n bytes is, by the first of them.
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
		f.CorrelationID = 0 // it is bytes of a token
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

// parseRequest reads the start of a request of n bytes. It reports false of what can't be one:
// text, say, or most of what is encrypted.
func parseRequest(header []byte, n int) (r request, ok bool) {
	const (
		// Kafka 4.3 has 93 APIs in up to 19 versions. Below 32, text has only control characters.
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

// startsTokens reports whether SASL tokens without a header come after r.
func (r request) startsTokens() bool { return r.apiKey == apiSaslHandshake && r.apiVersion == 0 }
