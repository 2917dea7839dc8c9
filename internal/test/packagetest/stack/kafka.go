package stack

import (
	"crypto/tls"
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// kafkaOptions are those of Apache Kafka, which compacts soon.
var kafkaOptions = kafkatest.Options{Brokers: 1, Protocols: []string{"SSL"}, Properties: map[string]string{
	"log.cleaner.backoff.ms": "200",
	"log.retention.ms":       "-1", // tests write records of long ago
}}

// elsewhereOptions are those of Apache Kafka that advertises for TLS and SCRAM where nothing is.
var elsewhereOptions = kafkatest.Options{Brokers: 1, Advertised: map[string]string{"SASL_SSL": elsewhereHost + ":29092"}}

const elsewhereHost = "kafka.invalid"

// apache is the world of Apache Kafka. It begins when a test wants it.
type apache struct {
	t       *testing.T
	dist    string
	options kafkatest.Options
	host    string // which its certificate is for

	mu      sync.Mutex
	cluster *kafkatest.Cluster
	world   http.Handler
}

// A started tells whether there is Apache Kafka now. Both fields are empty: there is.
type started struct {
	Missing string `json:"missing"` // what it takes: tests of it are skipped
	Failed  string `json:"failed"`  // why it doesn't start: tests of it fail
}

// start starts the broker, and answers with a started.
func (a *apache) start(w http.ResponseWriter, _ *http.Request) {
	json.NewEncoder(w).Encode(a.started())
}

func (a *apache) started() started {
	if component, howToInstall := kafkatest.Lacks(); component != "" {
		return started{Missing: component + " is missing; to run it: " + howToInstall}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.world == nil {
		ca := testca.New(a.t)
		cluster, err := kafkatest.TryStart(a.t, kafkatest.WithSCRAM(a.t, a.options, ca))
		if err != nil {
			return started{Failed: "Apache Kafka doesn't start: " + err.Error()}
		}
		cluster.AddSCRAM(a.t, username, password)
		a.cluster = cluster
		secure := func() Secure {
			addresses := cluster.BootstrapOf("SASL_SSL")
			warmUp(a.t, addresses, &tls.Config{RootCAs: ca.Pool(), ServerName: a.host}, kgo.SASL(scram.Auth{User: username, Pass: password}.AsSha512Mechanism()))
			return Secure{securePath, addresses, ca.PEM, "scram-sha-512", username, password}
		}
		mux := http.NewServeMux()
		mux.HandleFunc("POST /stack/broker", a.fault)
		mux.HandleFunc("GET /stack/mutual", func(w http.ResponseWriter, _ *http.Request) {
			addresses, client := cluster.BootstrapOf("SSL"), ca.Issue(a.t, "client")
			warmUp(a.t, addresses, &tls.Config{RootCAs: ca.Pool(), Certificates: []tls.Certificate{client.TLS(a.t)}})
			json.NewEncoder(w).Encode(Mutual{addresses, ca.PEM, client.Chain, client.Key})
		})
		mux.Handle("/", newWorld(a.t, a.dist, a.cluster.Bootstrap(), secure))
		a.world = mux
	}
	return started{}
}

// warmUp connects to brokers once: the first handshake of a JVM may take longer than clients wait for one.
func warmUp(t *testing.T, addresses []string, config *tls.Config, more ...kgo.Opt) {
	client, err := kgo.NewClient(append(more, kgo.SeedBrokers(addresses...), kgo.DialTLSConfig(config))...)
	if err != nil {
		t.Error(err)
		return
	}
	defer client.Close()
	if err := client.Ping(t.Context()); err != nil {
		t.Errorf("Apache Kafka at %v by TLS: %v", addresses, err)
	}
}

// fault does to the broker what a test wants.
func (a *apache) fault(w http.ResponseWriter, r *http.Request) {
	switch what := r.FormValue("do"); what {
	case "freeze":
		a.cluster.Freeze(0)
	case "thaw":
		a.cluster.Thaw(0)
	case "kill":
		a.cluster.Kill(0)
	case "restart":
		a.cluster.Restart(0)
	default:
		http.Error(w, "a broker can't "+what, http.StatusBadRequest)
	}
}

func (a *apache) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	world := a.world
	a.mu.Unlock()
	if world == nil {
		http.Error(w, "it was not started", http.StatusNotFound)
		return
	}
	world.ServeHTTP(w, r)
}

// A lazily is a handler that is made for its first request.
func lazily(make func() http.Handler) http.Handler {
	handler := sync.OnceValue(make)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) })
}
