package stack

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// EchoBroker is the address at which each bridge reaches a server that sends back what comes.
const EchoBroker = "echo:9092"

// A Setup tells a suite what there is.
type Setup struct {
	Brokers   []string `json:"brokers"`
	ClusterID string   `json:"clusterId"`
	Echo      string   `json:"echo"` // EchoBroker
}

// New returns a handler that serves worlds until the test ends: of two brokers of kfake at /, of Apache Kafka at
// /apache/, at /elsewhere/ of one that advertises for TLS and SCRAM where nothing is, and at /synthetic/ of a broker
// of kfake whose topics have records at every offset. Beside them:
//
//	GET  /stack/suite     {"only": …}, a regular expression for the names of the tests that shall run
//	POST /stack/apache    starts Apache Kafka, and says what is missing for that or has failed
//	POST /stack/elsewhere the same for the other one
//
// Each world serves the files in dist, a setup, and bridges at /bridges/:
//
//	GET  /stack/setup     the Setup
//	GET  /stack/file?type=&body= sends that body as of that type; with &name=, a file in dist
//	GET  /stack/secure    a Secure, whose bridge is at /secure/kafka
//	GET  /stack/command   a Command, which runs then
//	POST /stack/bridges   starts a bridge of a BridgeConfig; returns {"path": …} of the page's origin
//	POST /stack/end?path= ends the bridge at a path: what comes then is answered with 502
//	POST /stack/again?path= starts it again
//	POST /stack/cut?path=   breaks its connections with pages
//	POST /stack/stall?path= holds back what passes on them, until /stack/flow
//	GET  /stack/received?path= the number of bytes that it has received from brokers
//	POST /stack/topics      makes a Topic
//	POST /stack/removals    deletes a Topic
//	POST /stack/records     writes Records
//	GET  /stack/stored?topic= the records of a topic, each a Stored
//	POST /stack/members     has a Member join its group
//	POST /stack/commits     makes a Commit
//	POST /stack/deletions   deletes records
//	POST /stack/java        has Java's producer write
//
// Apache Kafka's has two more:
//
//	POST /stack/broker?do= freeze, thaw, kill or restart
//	GET  /stack/mutual     a Mutual
func New(t *testing.T, dist string) http.Handler {
	t.Helper()
	kafka := &apache{t: t, dist: dist, options: kafkaOptions, host: "127.0.0.1"}
	elsewhere := &apache{t: t, dist: dist, options: elsewhereOptions, host: elsewhereHost}
	mux := http.NewServeMux()
	mux.Handle("/", newWorld(t, dist, fakekafka.StartTest(t, "-brokers=2", "-cluster-id=fake").ListenAddrs(), fakeSecure(t)))
	mux.Handle("/apache/", http.StripPrefix("/apache", kafka))
	mux.Handle("/elsewhere/", http.StripPrefix("/elsewhere", elsewhere))
	mux.Handle("/synthetic/", http.StripPrefix("/synthetic", lazily(func() http.Handler {
		return newWorld(t, dist, fakekafka.StartTest(t, "-synthetic").ListenAddrs(), fakeSecure(t))
	})))
	mux.HandleFunc("POST /stack/apache", kafka.start)
	mux.HandleFunc("POST /stack/elsewhere", elsewhere.start)
	mux.HandleFunc("GET /stack/suite", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(map[string]string{"only": Only()})
	})
	return mux
}

func newWorld(t *testing.T, dist string, brokers []string, secure secureBrokers) http.Handler {
	b := &bridges{t: t, brokers: brokers, echo: testnet.Serve(t, testnet.Echo), at: make(map[string]*slot)}
	mux := http.NewServeMux()
	files := http.StripPrefix("/dist/", http.FileServer(http.Dir(dist)))
	mux.HandleFunc("GET /dist/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		files.ServeHTTP(w, r)
	})
	mux.HandleFunc("GET /stack/file", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", r.FormValue("type"))
		if name := r.FormValue("name"); name != "" {
			http.ServeFileFS(w, r, os.DirFS(dist), name)
			return
		}
		io.WriteString(w, r.FormValue("body"))
	})
	mux.HandleFunc("POST /stack/bridges", b.create)
	mux.HandleFunc("POST /stack/end", b.end)
	mux.HandleFunc("POST /stack/again", b.again)
	mux.HandleFunc("POST /stack/cut", b.onLink((*link).cut))
	mux.HandleFunc("POST /stack/stall", b.onLink((*link).stall))
	mux.HandleFunc("POST /stack/flow", b.onLink((*link).flow))
	mux.HandleFunc("GET /stack/received", b.received)
	topics := topics{brokers}
	mux.HandleFunc("GET /stack/setup", func(w http.ResponseWriter, r *http.Request) {
		id, err := topics.clusterID(r.Context())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		json.NewEncoder(w).Encode(Setup{brokers, id, EchoBroker})
	})
	mux.HandleFunc("POST /stack/topics", handler(t, topics.create))
	mux.HandleFunc("POST /stack/removals", handler(t, topics.remove))
	mux.HandleFunc("POST /stack/records", handler(t, topics.write))
	mux.HandleFunc("GET /stack/stored", topics.stored)
	mux.HandleFunc("POST /stack/members", handler(t, topics.join(t)))
	mux.HandleFunc("POST /stack/commits", handler(t, topics.commit))
	mux.HandleFunc("GET /stack/secure", secured(b, secure))
	mux.HandleFunc("POST /stack/deletions", handler(t, topics.deleteRecords))
	mux.HandleFunc("POST /stack/java", handler(t, topics.java))
	mux.HandleFunc("/bridges/", b.serve)
	mux.HandleFunc("/secure/", b.serve)
	mux.HandleFunc("/kafka", b.serve)
	command := sync.OnceValue(func() http.Handler { return command(t, brokers) })
	mux.HandleFunc("GET /stack/command", func(w http.ResponseWriter, _ *http.Request) {
		command()
		json.NewEncoder(w).Encode(Command{"/command/kafka", readerToken})
	})
	mux.Handle("/command/", http.StripPrefix("/command", lazily(command)))
	b.add("/kafka", BridgeConfig{})
	return mux
}
