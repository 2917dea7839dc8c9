package suite

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/internal/test/suiteenv"
)

// Env is the environment variable that carries a Setup, as JSON, to a test binary that runs
// elsewhere: in a browser, or in a WASI host.
const Env = "KAFKAIO_CLIENT"

// A Setup says where the cluster is, and what the suite does there.
type Setup struct {
	Brokers []string // bootstrap, host:port
	Bridge  string   // Dialer.Bridge; empty: the target's own default
	// TLS is set where the brokers want it. The suite then tests that.
	TLS *TLS
	// Faults is the host:port of a peer.Server that a Dialer without a Bridge reaches. The suite
	// then tests how a client survives what the server's hooks do: "kill-N" and "restart-N" for
	// broker N, and "stop" and "start" for the Bridge.
	Faults string
}

// TLS is what a client of the brokers' SSL listeners needs, as PEM.
type TLS struct {
	Authority        string // that issued the brokers' certificates
	Certificate, Key string // of the client
	Plaintext        string // a PLAINTEXT listener of the same cluster, host:port
}

// String is the value of Env.
func (s Setup) String() string { return suiteenv.Encode(s) }

// FromEnv returns the Setup that Env holds. A test that is run without one fails.
func FromEnv(t *testing.T) (s Setup) {
	t.Helper()
	suiteenv.Decode(t, Env, "package clienttest", &s)
	return s
}

// dialer returns one of our dialers for the brokers.
func (s Setup) dialer(t *testing.T) *kafkaio.Dialer {
	t.Helper()
	d := &kafkaio.Dialer{Bridge: s.Bridge}
	if s.TLS != nil {
		d.Secure = brokertls.New(s.TLS.config(t))
	}
	return d
}

func (s *TLS) config(t *testing.T) *tls.Config {
	t.Helper()
	certificate, err := tls.X509KeyPair([]byte(s.Certificate), []byte(s.Key))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(s.Authority)) {
		t.Fatal("the authority's certificate is no PEM")
	}
	return &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{certificate}}
}

// connect returns a franz-go client over our dialer.
func (s Setup) connect(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(s.Brokers...),
		kgo.Dialer(s.dialer(t).DialContext),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseAllowingRebalance)
	if err := c.Ping(t.Context()); err != nil {
		t.Fatalf("ping: %v", err)
	}
	return c
}

// patience bounds what must come in the end, so that a record that is lost fails a test.
const patience = 2 * time.Minute

func withDeadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// await waits until something is so. Where it isn't in time, the test fails and tells the state.
func await(ctx context.Context, t *testing.T, what string, is func() (ok bool, state any)) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, state := is()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: %v; it is %v", what, context.Cause(ctx), state)
		}
	}
}
