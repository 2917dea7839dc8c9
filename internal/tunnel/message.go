package tunnel

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Subprotocol is the WebSocket subprotocol of the multiplexed tunnel.
const Subprotocol = "kafka.v1"

// messageType is the first byte of every message. PROTOCOL.md lists them.
type messageType byte

const (
	typeOpen   messageType = 1
	typeOpened messageType = 2
	typeData   messageType = 3
	typeCredit messageType = 4
	typeClose  messageType = 5
	typeAuth   messageType = 6
	typeGoAway messageType = 7
)

const (
	headerSize = 5 // type u8, stream u32

	// MaxData is the most bytes of a stream that one DATA message may carry.
	MaxData = 256 << 10
	// MaxMessage is the size of the largest message.
	MaxMessage = headerSize + MaxData

	maxControl = 16 << 10 // payload of any message but DATA: a token of 16 KiB fits
	maxTarget  = 262      // a name of 253 bytes (RFC 1035), in brackets, a colon, a port of 5 digits
	maxReason  = 1 << 10
	maxWindow  = math.MaxInt32

	openFixed = 4 + 1 + 4 + 4
)

// Open is a client's request for a broker connection.
type Open struct {
	Window         int           // bytes that the bridge may send before the first CREDIT
	IPVersion      int           // 4, 6, or 0 for either
	ResolveTimeout time.Duration // whole milliseconds on the wire; 0 means none
	ConnectTimeout time.Duration // likewise
	Target         string        // host:port; empty means any bootstrap broker
}

func appendHeader(b []byte, t messageType, stream uint32) []byte {
	return binary.BigEndian.AppendUint32(append(b, byte(t)), stream)
}

func appendOpen(b []byte, stream uint32, o Open) []byte {
	b = appendHeader(b, typeOpen, stream)
	b = binary.BigEndian.AppendUint32(b, uint32(o.Window))
	b = append(b, byte(o.IPVersion))
	b = binary.BigEndian.AppendUint32(b, milliseconds(o.ResolveTimeout))
	b = binary.BigEndian.AppendUint32(b, milliseconds(o.ConnectTimeout))
	return append(b, o.Target...)
}

func appendOpened(b []byte, stream uint32, window int, address string) []byte {
	b = appendHeader(b, typeOpened, stream)
	b = binary.BigEndian.AppendUint32(b, uint32(window))
	return append(b, address...)
}

func appendCredit(b []byte, stream uint32, n int) []byte {
	return binary.BigEndian.AppendUint32(appendHeader(b, typeCredit, stream), uint32(n))
}

func appendClose(b []byte, stream uint32, code Code, reason string) []byte {
	b = binary.BigEndian.AppendUint16(appendHeader(b, typeClose, stream), uint16(code))
	return append(b, text(reason, maxReason)...)
}

// milliseconds rounds up, so that a timeout never becomes 0, which means none.
func milliseconds(d time.Duration) uint32 {
	if d <= 0 {
		return 0
	}
	return uint32(min((d-1)/time.Millisecond+1, math.MaxUint32))
}

func parseHeader(h [headerSize]byte) (messageType, uint32) {
	return messageType(h[0]), binary.BigEndian.Uint32(h[1:])
}

func parseOpen(p []byte) (Open, error) {
	if len(p) < openFixed {
		return Open{}, fmt.Errorf("OPEN of %d bytes, at least %d were expected", len(p), openFixed)
	}
	o := Open{
		IPVersion:      int(p[4]),
		ResolveTimeout: time.Duration(binary.BigEndian.Uint32(p[5:])) * time.Millisecond,
		ConnectTimeout: time.Duration(binary.BigEndian.Uint32(p[9:])) * time.Millisecond,
	}
	var err error
	if o.Window, err = parseWindow(p); err != nil {
		return Open{}, err
	}
	if v := o.IPVersion; v != 0 && v != 4 && v != 6 {
		return Open{}, fmt.Errorf("OPEN with IP version %d, 0, 4 or 6 were expected", v)
	}
	target := p[openFixed:]
	if len(target) > maxTarget || !utf8.Valid(target) {
		return Open{}, fmt.Errorf("OPEN with a target of %d bytes, at most %d of UTF-8 were expected", len(target), maxTarget)
	}
	o.Target = string(target)
	return o, nil
}

func parseOpened(p []byte) (window int, address string, err error) {
	if len(p) < 4 {
		return 0, "", fmt.Errorf("OPENED of %d bytes, at least 4 were expected", len(p))
	}
	if len(p)-4 > maxTarget || !utf8.Valid(p[4:]) {
		return 0, "", fmt.Errorf("OPENED with an address of %d bytes, at most %d of UTF-8 were expected", len(p)-4, maxTarget)
	}
	window, err = parseWindow(p)
	return window, string(p[4:]), err
}

func parseCredit(p []byte) (int, error) {
	if len(p) != 4 {
		return 0, fmt.Errorf("CREDIT of %d bytes, 4 were expected", len(p))
	}
	return parseWindow(p)
}

func parseClose(p []byte) (*CloseError, error) {
	if len(p) < 2 {
		return nil, fmt.Errorf("CLOSE of %d bytes, at least 2 were expected", len(p))
	}
	reason, err := parseReason(p[2:])
	if err != nil {
		return nil, err
	}
	return &CloseError{Code: Code(binary.BigEndian.Uint16(p)), Reason: reason}, nil
}

func parseReason(p []byte) (string, error) {
	if len(p) > maxReason || !utf8.Valid(p) {
		return "", fmt.Errorf("a reason of %d bytes, at most %d of UTF-8 were expected", len(p), maxReason)
	}
	return string(p), nil
}

func parseWindow(p []byte) (int, error) {
	n := binary.BigEndian.Uint32(p)
	if n > maxWindow {
		return 0, fmt.Errorf("credit of %d bytes, at most %d were expected", n, maxWindow)
	}
	return int(n), nil
}

// CloseReason makes s what the close of a WebSocket can carry (RFC 6455 section 5.5): at most 123 bytes
// of UTF-8. A browser fails a WebSocket whose reason isn't that.
func CloseReason(s string) string { return text(s, 123) }

// text returns s as valid UTF-8 of at most n bytes. It splits no character.
func text(s string, n int) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
