package core

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// crypto/tls can't continue after an interrupted write, but can after an interrupted read.
func TestCancellingOverTLSLeavesTheOthersAlone(t *testing.T) {
	cfg := &tls.Config{Certificates: []tls.Certificate{testca.New(t).Issue(t, "127.0.0.1").TLS(t)}}
	addr := testnet.Serve(t, func(c net.Conn) { serveEchoes(tls.Server(c, cfg)) })
	c := tls.Client(testnet.Dial(t, addr), &tls.Config{InsecureSkipVerify: true})
	if err := c.HandshakeContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := NewPipeline(NewConn(c, Options{SendBuffer: 4096}), PipelineOptions{})
	defer p.Close()
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			for j := range 200 {
				callCtx, cancel := context.WithCancel(ctx)
				if i%2 == 0 {
					go cancel()
				}
				body := strings.Repeat(fmt.Sprintf("%d.%d ", i, j), 1+j*10)
				resp, err := p.RoundTrip(callCtx, requestOf(body), nil)
				cancel()
				switch {
				case err == nil && string(resp[4:]) != body:
					t.Errorf("request %.10q got %.10q", body, resp[4:])
				case err != nil && (i%2 != 0 || !errors.Is(err, context.Canceled)):
					t.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
}
