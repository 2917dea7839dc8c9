package stack

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// properties are those of Apache Kafka's broker, which compacts soon.
var properties = map[string]string{
	"log.cleaner.backoff.ms": "200",
	"log.retention.ms":       "-1", // tests write records of long ago
}

// apache is the world of Apache Kafka, whose one broker all ways of a run share. It begins when a test wants it.
type apache struct {
	t    *testing.T
	dist string

	mu      sync.Mutex
	cluster *kafkatest.Cluster
	world   http.Handler
}

// start starts the broker, and answers with what is missing for that; empty: nothing.
func (a *apache) start(w http.ResponseWriter, _ *http.Request) {
	component, howToInstall := kafkatest.Lacks()
	if component != "" {
		json.NewEncoder(w).Encode(component + " is missing; to run it: " + howToInstall)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.world == nil {
		a.cluster = kafkatest.SharedOne(a.t, properties)
		mux := http.NewServeMux()
		mux.HandleFunc("POST /stack/broker", a.fault)
		mux.Handle("/", newWorld(a.t, a.dist, a.cluster.Bootstrap()))
		a.world = mux
	}
	json.NewEncoder(w).Encode("")
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
		http.Error(w, "POST /stack/apache comes first", http.StatusNotFound)
		return
	}
	world.ServeHTTP(w, r)
}

// A lazily is a handler that is made for its first request.
func lazily(make func() http.Handler) http.Handler {
	handler := sync.OnceValue(make)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler().ServeHTTP(w, r) })
}
