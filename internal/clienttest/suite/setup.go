package suite

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
)

// Env is the environment variable that carries a Setup, as JSON, to a test binary that runs
// elsewhere: in a browser, or in a WASI host.
const Env = "KAFKAIO_CLIENT"

// A Setup says where the cluster is.
type Setup struct {
	Brokers []string // bootstrap, host:port
	Bridge  string   // Dialer.Bridge; empty: the target's own default
}

// String is the value of Env.
func (s Setup) String() string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a struct of strings
	}
	return string(b)
}

// FromEnv returns the Setup that Env holds. A test that is run without one is skipped.
func FromEnv(t *testing.T) Setup {
	t.Helper()
	value := os.Getenv(Env)
	if value == "" {
		t.Skip(Env + " is not set: package clienttest runs this suite, on every way to a broker")
	}
	var s Setup
	if err := json.Unmarshal([]byte(value), &s); err != nil {
		t.Fatalf("%s: %v", Env, err)
	}
	return s
}

// connect returns a franz-go client over our dialer.
func (s Setup) connect(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	d := &kafkaio.Dialer{Bridge: s.Bridge}
	c, err := kgo.NewClient(append([]kgo.Opt{
		kgo.SeedBrokers(s.Brokers...),
		kgo.Dialer(d.DialContext),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if err := c.Ping(t.Context()); err != nil {
		t.Fatalf("ping: %v", err)
	}
	return c
}

// withDeadline bounds a test, so that a record that is lost fails it.
func withDeadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
