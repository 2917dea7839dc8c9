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

// A Secure tells a suite of brokers that want TLS and SCRAM-SHA-256.
type Secure struct {
	Path     string `json:"path"` // of a bridge to them
	CA       string `json:"ca"`   // their authority, in PEM; their certificate is for 127.0.0.1
	Username string `json:"username"`
	Password string `json:"password"`
}

// secured returns a handler that starts such brokers for the first who asks.
func secured(t *testing.T, b *bridges) http.HandlerFunc {
	start := sync.OnceValue(func() Secure {
		s := Secure{"/secure/kafka", "", "alice", "wonderland"}
		ca := testca.New(t)
		pair := ca.Issue(t, "127.0.0.1")
		file := filepath.Join(t.TempDir(), "broker.pem")
		if err := os.WriteFile(file, []byte(pair.Chain+pair.Key), 0o600); err != nil {
			t.Fatal(err)
		}
		s.CA = ca.PEM
		b.add(s.Path, BridgeConfig{Brokers: fakekafka.StartTest(t, "-cert="+file, "-user="+s.Username+":"+s.Password).ListenAddrs()})
		return s
	})
	return func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(start()) }
}
