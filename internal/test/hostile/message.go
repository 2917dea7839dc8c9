package hostile

import (
	"encoding/binary"
	"fmt"
)

// Types of messages.
const (
	TypeOpen   = 1
	TypeOpened = 2
	TypeData   = 3
	TypeCredit = 4
	TypeClose  = 5
	TypeAuth   = 6
	TypeGoAway = 7
)

// A Message is one message of the tunnel, whatever it says.
type Message struct {
	Type    byte
	Stream  uint32
	Payload []byte
}

// Bytes encodes the message.
func (m Message) Bytes() []byte {
	return append(binary.BigEndian.AppendUint32([]byte{m.Type}, m.Stream), m.Payload...)
}

// Parse decodes a message.
func Parse(b []byte) (Message, error) {
	if len(b) < 5 {
		return Message{}, fmt.Errorf("a message of %d bytes", len(b))
	}
	return Message{b[0], binary.BigEndian.Uint32(b[1:]), b[5:]}, nil
}

// Code is that of a CLOSE.
func (m Message) Code() int { return int(binary.BigEndian.Uint16(m.Payload)) }

// Reason is that of a CLOSE, as it came.
func (m Message) Reason() string { return string(m.Payload[2:]) }

// Uint32 is what a CREDIT grants, or the window of an OPENED.
func (m Message) Uint32() uint32 { return binary.BigEndian.Uint32(m.Payload) }

// String names the message in a test's error.
func (m Message) String() string {
	if m.Type == TypeClose && len(m.Payload) >= 2 {
		return fmt.Sprintf("CLOSE of stream %d with %d %q", m.Stream, m.Code(), m.Reason())
	}
	return fmt.Sprintf("type %d of stream %d with %d bytes", m.Type, m.Stream, len(m.Payload))
}

// Open is an OPEN that leaves IP version and timeouts to the bridge.
func Open(stream, window uint32, target string) []byte {
	payload := binary.BigEndian.AppendUint32(nil, window)
	payload = append(payload, make([]byte, 1+4+4)...)
	return Message{TypeOpen, stream, append(payload, target...)}.Bytes()
}

// Opened is an OPENED.
func Opened(stream, window uint32, address string) []byte {
	return Message{TypeOpened, stream, append(binary.BigEndian.AppendUint32(nil, window), address...)}.Bytes()
}

// Data is a DATA.
func Data(stream uint32, p []byte) []byte { return Message{TypeData, stream, p}.Bytes() }

// Credit is a CREDIT.
func Credit(stream, n uint32) []byte {
	return Message{TypeCredit, stream, binary.BigEndian.AppendUint32(nil, n)}.Bytes()
}

// CloseStream is a CLOSE.
func CloseStream(stream uint32, code uint16, reason string) []byte {
	return Message{TypeClose, stream, append(binary.BigEndian.AppendUint16(nil, code), reason...)}.Bytes()
}

// Auth is an AUTH.
func Auth(token string) []byte { return Message{TypeAuth, 0, []byte(token)}.Bytes() }

// GoAway is a GOAWAY.
func GoAway(reason string) []byte { return Message{TypeGoAway, 0, []byte(reason)}.Bytes() }
