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
func (v *attempt) findSpeech(ctx context.Context) (found speech) {
	var tries sync.WaitGroup
	if v.options.TLS == nil {
		tries.Go(func() { found.tls = v.speaksTLS(ctx) })
	}
	tries.Go(func() { found.http = v.speaksHTTP(ctx) })
	tries.Wait()
	return found
}

// again is a attempt to the same address, as a probe.
func (v *attempt) again() *attempt {
	w := v.attempt(v.host, v.port)
	w.probe = true
	return w
}

func (v *attempt) speaksTLS(ctx context.Context) bool {
	w := v.again()
	defer w.leave()
	if !w.dial(ctx) {
		return false
	}
	ctx, cancel := v.step(ctx)
	defer cancel()
	// What it shows is of no interest, and it is sent nothing.
	err := tls.Client(w.conn, &tls.Config{InsecureSkipVerify: true}).HandshakeContext(ctx)
	return err == nil || brokertls.IsAlert(err)
}

// speaksHTTP finds out whether the port speaks HTTP, inside of TLS where that is asked for.
func (v *attempt) speaksHTTP(ctx context.Context) bool {
	w := v.again()
	defer w.leave()
	if !w.reach(ctx) {
		return false
	}
	ctx, cancel := v.step(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { w.conn.Close() })
	defer stop()
	io.WriteString(w.peeked, "HEAD / HTTP/1.0\r\n\r\n")
	io.ReadFull(w.peeked, make([]byte, len("HTTP/")))
	return isHTTP(w.peeked.bytes())
}

// speaksPlaintext finds out whether the port speaks Kafka's protocol without TLS.
func (v *attempt) speaksPlaintext(ctx context.Context) bool {
	w := v.again()
	defer w.leave()
	if !w.dial(ctx) {
		return false
	}
	w.peeked = &peekedConn{Conn: w.conn}
	return w.askVersions(ctx)
}
