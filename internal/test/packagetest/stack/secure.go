package stack

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// A Secure tells a suite of brokers that want TLS and SCRAM.
type Secure struct {
	Path      string   `json:"path"`      // of a bridge to them
	Brokers   []string `json:"brokers"`   // where they are
	CA        string   `json:"ca"`        // their authority, in PEM; their certificate is for 127.0.0.1, or for what they advertise
	Mechanism string   `json:"mechanism"` // as connect's sasl has it
	Username  string   `json:"username"`
	Password  string   `json:"password"`
}

// A Mutual tells a suite of brokers that want a client certificate.
type Mutual struct {
	Brokers []string `json:"brokers"`
	CA      string   `json:"ca"` // their authority, in PEM; their certificate is for 127.0.0.1
	Cert    string   `json:"cert"`
	Key     string   `json:"key"`
}

// securePath is where a world has the bridge to them.
const securePath = "/secure/kafka"

// What brokers take.
const username, password = "alice", "wonderland"

// A secureBrokers returns such brokers.
type secureBrokers func() Secure

// secured returns a handler that tells of brokers. It begins them for the first who asks.
func secured(b *bridges, begin secureBrokers) http.HandlerFunc {
	begun := sync.OnceValue(func() Secure {
		s := begin()
		b.add(s.Path, BridgeConfig{Brokers: s.Brokers})
		return s
	})
	return func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(begun()) }
}

// fakeSecure begins brokers of kfake.
func fakeSecure(t *testing.T) secureBrokers {
	return func() Secure {
		ca := testca.New(t)
		pair := ca.Issue(t, "127.0.0.1")
		file := filepath.Join(t.TempDir(), "broker.pem")
		if err := os.WriteFile(file, []byte(pair.Chain+pair.Key), 0o600); err != nil {
			t.Fatal(err)
		}
		fake := fakekafka.StartTest(t, "-cert="+file, "-user="+username+":"+password)
		return Secure{securePath, fake.ListenAddrs(), ca.PEM, "scram-sha-256", username, password}
	}
}
