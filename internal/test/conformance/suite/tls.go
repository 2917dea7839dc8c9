package suite

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/brokertls"
)

// secure is a client that trusts nobody.
var secure = brokertls.New(nil)

// A handshake that nobody answers is over as soon as its context is.
func tlsHandshakeIsCancelled(t *testing.T, s Setup) {
	c, w := s.dialNetWatched(t, "hold")
	ctx, cancel := cancellable(t)
	handshaking := start(func() error {
		_, err := secure(ctx, c, "127.0.0.1")
		return err
	})
	<-w.reading
	cancelled := time.Now()
	cancel()
	if err := handshaking.waitPromptly(t, cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

// A broker's PLAINTEXT listener hangs up on TLS. An HTTP server answers in its own way.
func tlsToPlaintext(t *testing.T, s Setup) {
	const plaintext = "this port is plaintext"
	for _, row := range []struct{ script, names string }{
		{"pause 0s", plaintext},
		{"reset", plaintext},
		{"recv 4", plaintext},
		{hexStep("HTTP/1.1 400 Bad Request\r\n\r\n") + "; sink", "this is an HTTP server, not a Kafka broker"},
	} {
		t.Run(row.script, func(t *testing.T) {
			_, err := secure(t.Context(), s.dialNet(t, row.script), "127.0.0.1")
			if err == nil {
				t.Fatal("the handshake succeeded")
			}
			wantNames(t, err, row.names)
		})
	}
}
