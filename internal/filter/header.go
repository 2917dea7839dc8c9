package filter

import (
	"encoding/binary"
	"errors"
	"math"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A header is what comes before the body of each request.
type header struct {
	key, version  int16
	correlationID int32
	clientID      []byte // nil: null
}

var errShort = errors.New("it ends too early")

// parseHeader takes key, version and correlation id off a request.
func parseHeader(b []byte) (h header, rest []byte, err error) {
	if len(b) < 8 {
		return h, nil, errShort
	}
	h.key = int16(binary.BigEndian.Uint16(b))
	h.version = int16(binary.BigEndian.Uint16(b[2:]))
	h.correlationID = int32(binary.BigEndian.Uint32(b[4:]))
	return h, b[8:], nil
}

// parseClientID takes off the rest of a header: the client_id and, if flexible, tags.
func (h *header) parseClientID(b []byte, flexible bool) (body []byte, err error) {
	if len(b) < 2 {
		return nil, errShort
	}
	n := int(int16(binary.BigEndian.Uint16(b)))
	b = b[2:]
	if n > len(b) {
		return nil, errShort
	}
	if n >= 0 {
		h.clientID, b = b[:n:n], b[n:]
	}
	if flexible {
		return skipTags(b)
	}
	return b, nil
}

// skipTags takes tags off b. No header has a tag that means something.
func skipTags(b []byte) ([]byte, error) {
	number, b, err := uvarint(b)
	for ; err == nil && number > 0; number-- {
		var size uint64
		if _, b, err = uvarint(b); err != nil {
			break
		}
		if size, b, err = uvarint(b); err != nil {
			break
		}
		if size > uint64(len(b)) {
			return nil, errShort
		}
		b = b[size:]
	}
	return b, err
}

func uvarint(b []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 || v > math.MaxUint32 {
		return 0, nil, errShort
	}
	return v, b[n:], nil
}

// clientIDFor returns the client_id that the broker gets: "identity/client_id", cut to what a header can hold.
func clientIDFor(identity string, clientID []byte) []byte {
	if identity == "" {
		return clientID
	}
	id := append(make([]byte, 0, len(identity)+1+len(clientID)), identity...)
	if len(clientID) > 0 {
		id = append(append(id, '/'), clientID...)
	}
	if len(id) > math.MaxInt16 {
		id = id[:math.MaxInt16]
		for r, n := utf8.DecodeLastRune(id); r == utf8.RuneError && n == 1; r, n = utf8.DecodeLastRune(id) {
			id = id[:len(id)-1]
		}
	}
	return id
}

// appendRequest appends a request as a frame with its length.
func appendRequest(b []byte, h header, req kmsg.Request) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(h.key))
	b = binary.BigEndian.AppendUint16(b, uint16(h.version))
	b = binary.BigEndian.AppendUint32(b, uint32(h.correlationID))
	if h.clientID == nil {
		b = binary.BigEndian.AppendUint16(b, math.MaxUint16) // -1: null
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(len(h.clientID)))
		b = append(b, h.clientID...)
	}
	if req.IsFlexible() {
		b = append(b, 0)
	}
	return endFrame(req.AppendTo(b), start)
}

// appendResponse appends an answer as a frame with its length.
func appendResponse(b []byte, correlationID int32, resp kmsg.Response) []byte {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(correlationID))
	if flexibleHeader(resp) {
		b = append(b, 0)
	}
	return endFrame(resp.AppendTo(b), start)
}

// flexibleHeader reports whether tags are in the header of an answer. ApiVersions has none in any version,
// so that a client can read it whatever version the broker answers in (KIP-511).
func flexibleHeader(resp kmsg.Response) bool {
	return resp.IsFlexible() && resp.Key() != keyApiVersions
}

// endFrame sets the length of the frame that begins at start and ends with b.
func endFrame(b []byte, start int) []byte {
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}
