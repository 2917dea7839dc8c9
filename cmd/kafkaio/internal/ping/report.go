package ping

import (
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// A Report says what Run found. As JSON it is an object with these fields; their names and meanings stay,
// and others may join them. Its texts are printable ASCII, except for what the user gave.
type Report struct {
	Target   string    `json:"target"`   // "host:port"
	Bridge   string    `json:"bridge"`   // its URL, or empty
	Verdict  Verdict   `json:"verdict"`  // in one word
	Summary  string    `json:"summary"`  // in one sentence
	Steps    []Step    `json:"steps"`    // in their order; only the last can have failed
	Kafka    string    `json:"kafka"`    // the broker's version, as far as its APIs tell; or empty
	Cluster  *Cluster  `json:"cluster"`  // null if the broker did not tell
	Brokers  []Broker  `json:"brokers"`  // of the cluster, by id; at most MaxBrokers
	Problems []Problem `json:"problems"` // none if all is well
}

// A Verdict says how much of Kafka can be used.
type Verdict string

const (
	AllWell            Verdict = "ok"
	Unusable           Verdict = "unusable"            // the broker that the user named
	BrokersUnreachable Verdict = "brokers-unreachable" // that broker answers, but some that it advertises can't be reached
)

// A Step is one step towards the broker.
type Step struct {
	Name         string  `json:"step"` // one of the constants below
	OK           bool    `json:"ok"`
	Milliseconds float64 `json:"ms"`     // its duration
	Detail       string  `json:"detail"` // what came of it
	Error        string  `json:"error"`  // the error if it failed, or empty
}

// The steps, in their order.
const (
	Resolve     = "resolve" // absent if the host is an address, and through a bridge
	Connect     = "connect" // through a bridge: until the bridge has connected to the broker
	Bridge      = "bridge"  // instead of connect, if the bridge itself failed
	TLS         = "tls"
	APIVersions = "api-versions"
	SASL        = "sasl"
	Metadata    = "metadata"
)

// A Cluster is the cluster of the broker, as that broker describes it.
type Cluster struct {
	ID      string `json:"id"`
	Brokers int    `json:"brokers"` // how many there are
}

// A Broker is one that the cluster advertises, and whether it can be reached from here.
type Broker struct {
	ID           int32    `json:"id"`
	Host         string   `json:"host"` // as advertised
	Port         int32    `json:"port"` // as advertised
	Addresses    []string `json:"addresses"`
	OK           bool     `json:"ok"`
	Outcome      string   `json:"outcome"` // in a few words
	Problem      string   `json:"problem"` // the code of one of the Problems, or empty
	Milliseconds float64  `json:"ms"`      // of all steps with it
}

// Advertised returns the address that the cluster advertises for the broker.
func (b *Broker) Advertised() string { return joinAddress(b.Host, b.Port) }

// A Problem is something to put right.
type Problem struct {
	Code    string   `json:"code"` // a word for programs, which stays
	Text    string   `json:"text"` // what is wrong, in sentences
	Advice  string   `json:"advice"`
	Fix     []string `json:"fix"`     // lines to type or to set, which the advice introduces; may be empty
	Brokers []int32  `json:"brokers"` // IDs of those that have it; none if it is the broker that the user named
}

// milliseconds returns d in milliseconds, to the microsecond.
func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}

// WriteJSON writes the report as an indented object.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// newReport returns a report whose JSON has null only for an unknown cluster.
func newReport(target, bridge string) *Report {
	return &Report{Target: target, Bridge: bridge, Steps: []Step{}, Brokers: []Broker{}, Problems: []Problem{}}
}

func newProblem(code, text, advice string, fix []string) Problem {
	if fix == nil {
		fix = []string{}
	}
	return Problem{Code: code, Text: text, Advice: advice, Fix: fix, Brokers: []int32{}}
}

// conclude sets the verdict and the summary.
func (r *Report) conclude() {
	var unreached int
	for _, b := range r.Brokers {
		if !b.OK {
			unreached++
		}
	}
	switch {
	case r.Cluster == nil:
		r.Verdict = Unusable
		r.Summary = "The broker can't be used from here."
	case unreached == 0:
		r.Verdict = AllWell
		r.Summary = "All is well: every broker of the cluster can be reached from here."
		if r.Cluster.Brokers > len(r.Brokers) {
			r.Summary = fmt.Sprintf("All is well: the %d brokers that were tried can be reached from here.", len(r.Brokers))
		}
	default:
		r.Verdict = BrokersUnreachable
		of := fmt.Sprintf("of the cluster's %d brokers", r.Cluster.Brokers)
		if r.Cluster.Brokers > len(r.Brokers) {
			of = fmt.Sprintf("of the %d brokers that were tried", len(r.Brokers))
		}
		what := fmt.Sprintf("%d %s can't be used at the addresses that they advertise", unreached, of)
		switch {
		case len(r.Brokers) == 1:
			what = "it can't be used at the address that it advertises"
		case unreached == len(r.Brokers):
			what = fmt.Sprintf("none %s can be used at the address that it advertises", of)
		case unreached == 1:
			what = fmt.Sprintf("1 %s can't be used at the address that it advertises", of)
		}
		r.Summary = "The broker answers, but " + what + ". Clients use the advertised addresses for all but their first connection."
	}
}
