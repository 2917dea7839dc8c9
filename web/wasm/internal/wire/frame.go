package wire

import (
	"time"

	"github.com/kafkaio/kafkaio/core"
)

// A Frame is a request or response that passed on a connection.
type Frame struct {
	Request       bool   // the client sent it
	Connection    int    // counts from 1, in the order in which they were opened
	Broker        string // as it was given to Tap.Conn
	APIKey        int16  // core.UnknownAPI if it isn't known
	APIVersion    int16
	CorrelationID int32
	Size          int           // bytes, the 4 of the length included
	At            time.Time     // when its header passed
	Latency       time.Duration // of a response, since its request's header; 0 for a request
	// Bytes are the frame's first ones.
	Bytes []byte
	// Redacted says why there are no Bytes. Otherwise it is empty.
	Redacted Redaction
	// Dark says why no later frame of this connection can be seen: it speaks TLS, say, or isn't
	// Kafka's. Otherwise it is nil. Such a Frame has a direction, a connection, a time and nothing else.
	Dark error
}

// A Redaction is why a frame's bytes aren't captured.
type Redaction string

const (
	RedactedSASL   Redaction = "sasl"   // it belongs to a SASL exchange
	RedactedTLS    Redaction = "tls"    // TLS hides it, and all that follow on the connection
	RedactedSecret Redaction = "secret" // its API's requests or responses may carry credentials
)

// redaction returns why the bytes of a frame aren't captured.
func redaction(f core.FrameInfo) Redaction {
	switch {
	case f.Dark == core.ErrTLS:
		return RedactedTLS
	case f.Token, f.Withheld && (f.APIKey == apiSaslHandshake || f.APIKey == apiSaslAuthenticate):
		return RedactedSASL
	case f.Withheld:
		return RedactedSecret
	}
	return ""
}

// Decode returns the frame's fields, as far as its Bytes go.
func (f *Frame) Decode() Field {
	if f.Redacted != "" {
		return redacted(Field{Name: nameOf(f.APIKey, f.Request), End: f.Size})
	}
	return Decode(f.APIKey, f.APIVersion, f.Request, f.Bytes)
}
