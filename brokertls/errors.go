package brokertls

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
)

// An Error says why TLS with a broker failed: in the handshake, or, where TLS 1.3 leaves the verdict
// on the client's certificate until later, in the first Read. It unwraps to the error of crypto/tls.
//
// A program that words failures itself reads Reason, and needs no part of crypto/tls for that.
type Error struct {
	Reason Reason

	// Certificate is the one that Reason is about: the broker's own, or for [Expired] one of those
	// that vouch for it. It is nil for other reasons than [UnknownAuthority], [WrongName], [Expired]
	// and [NotYetValid].
	Certificate *x509.Certificate

	// ServerName is, for [WrongName], the name that the certificate doesn't have: Config.ServerName, or
	// the host that was dialled. It is empty for other reasons.
	ServerName string

	// ClientCertificate is how the broker's request for a client certificate was answered. It is set
	// for every Reason.
	ClientCertificate ClientCertificate

	// Unsuitable says, for [ClientCertificateUnsuitable], what kept the last of Config.Certificates
	// from being sent. It is nil otherwise.
	Unsuitable error

	// Err is the error of crypto/tls. It is never nil.
	Err error
}

// A Reason is why TLS with a broker failed.
type Reason int

const (
	// Other is any reason without a name here. Err says which.
	Other Reason = iota
	// UnknownAuthority: the broker's certificate is from an authority that is not in RootCAs.
	UnknownAuthority
	// WrongName: the broker's certificate is valid, for names other than ServerName.
	WrongName
	// Expired: a certificate was valid until some time ago, by Config.Time or this machine's clock.
	Expired
	// NotYetValid: a certificate will be valid later, by Config.Time or this machine's clock.
	NotYetValid
	// ClientAuth: the broker asked for a client certificate, and ended TLS over the answer. See
	// Error.ClientCertificate. Kafka's setting is ssl.client.auth=required.
	ClientAuth
	// HTTPServer: an HTTP server answered, in plaintext.
	HTTPServer
	// NotTLS: something answered, neither in TLS nor in HTTP.
	NotTLS
	// Closed: the peer closed the connection at the first message of TLS. A PLAINTEXT listener of
	// Kafka does: it reads that message as a request of 369 MB.
	Closed
)

var reasonNames = [...]string{
	Other:            "other",
	UnknownAuthority: "unknown authority",
	WrongName:        "wrong name",
	Expired:          "expired",
	NotYetValid:      "not yet valid",
	ClientAuth:       "client authentication",
	HTTPServer:       "HTTP server",
	NotTLS:           "not TLS",
	Closed:           "closed",
}

// String returns the reason in a word or two, such as "wrong name".
func (r Reason) String() string { return nameIn(reasonNames[:], int(r)) }

// A ClientCertificate is how a broker's request for a client certificate was answered.
type ClientCertificate int

const (
	// ClientCertificateNotAsked: the broker did not ask, or the handshake failed before it could.
	ClientCertificateNotAsked ClientCertificate = iota
	// ClientCertificateNotGiven: the broker asked, and Config has none.
	ClientCertificateNotGiven
	// ClientCertificateUnsuitable: the broker asked, and none was sent, because the authorities and
	// algorithms that it named admit none of Config.Certificates. See Error.Unsuitable.
	ClientCertificateUnsuitable
	// ClientCertificateGiven: the broker asked, and one was sent. If Reason is [ClientAuth], the
	// broker refused it.
	ClientCertificateGiven
)

var clientCertificateNames = [...]string{
	ClientCertificateNotAsked:   "not asked",
	ClientCertificateNotGiven:   "not given",
	ClientCertificateUnsuitable: "unsuitable",
	ClientCertificateGiven:      "given",
}

// String returns the answer in a word or two, such as "not given".
func (c ClientCertificate) String() string { return nameIn(clientCertificateNames[:], int(c)) }

func nameIn(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("unknown (%d)", i)
	}
	return names[i]
}

// Error says what the failure means where brokers are concerned, and then what crypto/tls says.
func (e *Error) Error() string {
	if text := e.text(); text != "" {
		return text + ": " + e.Err.Error()
	}
	return e.Err.Error()
}

// Unwrap returns the error of crypto/tls.
func (e *Error) Unwrap() error { return e.Err }

// text is the failure in our words, or empty where crypto/tls says it well enough.
func (e *Error) text() string {
	switch e.Reason {
	case UnknownAuthority:
		return "the broker's certificate is from an authority that is not in RootCAs"
	case WrongName:
		return "the broker's certificate is for another name, which may be set as ServerName"
	case HTTPServer:
		return "this is an HTTP server, not a Kafka broker"
	case NotTLS:
		return "this port is plaintext, or not a broker's: the answer is not TLS"
	case Closed:
		return "this port is plaintext, it seems: the broker closed the connection at the first message of TLS"
	case ClientAuth:
		return e.clientAuthText()
	}
	return ""
}

func (e *Error) clientAuthText() string {
	switch e.ClientCertificate {
	case ClientCertificateGiven:
		return "the broker refused the client certificate"
	case ClientCertificateUnsuitable:
		return fmt.Sprintf("the broker wants a client certificate and accepts none of those in Certificates (%v)", e.Unsuitable)
	}
	return "the broker wants a client certificate and was given none: set Certificates"
}

// IsAlert reports whether err is a TLS alert from the peer, which therefore speaks TLS. It looks
// through errors that wrap the alert, [Error] among them.
func IsAlert(err error) bool {
	// crypto/tls marks an alert that it received by this Op, and has no exported type for it. A dial
	// that fails has an OpError of its own around that.
	for op, ok := errors.AsType[*net.OpError](err); ok; op, ok = errors.AsType[*net.OpError](op.Err) {
		if op.Op == "remote error" {
			return true
		}
	}
	return false
}
