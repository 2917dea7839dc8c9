package ping

import (
	"context"
	"crypto/tls"
	"io"
	"sync"

	"github.com/kafkaio/kafkaio/brokertls"
)

// A speech says which protocols a port speaks that doesn't speak Kafka's.
type speech struct{ tls, http bool }

// findSpeech tries other protocols on the port. A server may need that to answer at all: one of HTTP waits
// for the end of a line, which Kafka's request doesn't have.
func (a *attempt) findSpeech(ctx context.Context) (found speech) {
	var tries sync.WaitGroup
	if a.options.TLS == nil {
		tries.Go(func() { found.tls = a.speaksTLS(ctx) })
	}
	tries.Go(func() { found.http = a.speaksHTTP(ctx) })
	tries.Wait()
	return found
}

// again returns a probe of the same address.
func (a *attempt) again() *attempt {
	other := a.attempt(a.host, a.port)
	other.probe = true
	return other
}

func (a *attempt) speaksTLS(ctx context.Context) bool {
	other := a.again()
	defer other.leave()
	if !other.dial(ctx) {
		return false
	}
	ctx, cancel := a.step(ctx)
	defer cancel()
	// The certificate doesn't matter: nothing is sent.
	err := tls.Client(other.conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(ctx)
	return err == nil || brokertls.IsAlert(err)
}

// speaksHTTP reports whether the port speaks HTTP, over TLS if the options ask for TLS.
func (a *attempt) speaksHTTP(ctx context.Context) bool {
	other := a.again()
	defer other.leave()
	if !other.reach(ctx) {
		return false
	}
	ctx, cancel := a.step(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { other.conn.Close() })
	defer stop()
	io.WriteString(other.peeked, "HEAD / HTTP/1.0\r\n\r\n")
	io.ReadFull(other.peeked, make([]byte, len("HTTP/")))
	return isHTTP(other.peeked.bytes())
}

// speaksPlaintext reports whether the port speaks Kafka's protocol without TLS.
func (a *attempt) speaksPlaintext(ctx context.Context) bool {
	other := a.again()
	defer other.leave()
	if !other.dial(ctx) {
		return false
	}
	other.peeked = &peekedConn{Conn: other.conn}
	return other.askVersions(ctx)
}
