package ping

import (
	"context"
	"crypto/tls"
	"io"
	"sync"

	"github.com/kafkaio/kafkaio/brokertls"
)

// A speech is what a port speaks that doesn't answer to Kafka's protocol.
type speech struct{ tls, http bool }

// findSpeech tries. Servers of HTTP, for one, wait for the end of a line, which a request of Kafka
// doesn't have.
func (a *attempt) findSpeech(ctx context.Context) (found speech) {
	var tries sync.WaitGroup
	if a.options.TLS == nil {
		tries.Go(func() { found.tls = a.speaksTLS(ctx) })
	}
	tries.Go(func() { found.http = a.speaksHTTP(ctx) })
	tries.Wait()
	return found
}

// again is an attempt to the same address, as a probe.
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
	// What it shows is of no interest, and it is sent nothing.
	err := tls.Client(other.conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(ctx)
	return err == nil || brokertls.IsAlert(err)
}

// speaksHTTP finds out whether the port speaks HTTP, inside of TLS where that is asked for.
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

// speaksPlaintext finds out whether the port speaks Kafka's protocol without TLS.
func (a *attempt) speaksPlaintext(ctx context.Context) bool {
	other := a.again()
	defer other.leave()
	if !other.dial(ctx) {
		return false
	}
	other.peeked = &peekedConn{Conn: other.conn}
	return other.askVersions(ctx)
}
