package ping

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sasl/plain"
)

// A sight is how a cluster, or a broker at the address that it advertises, was reached from a network
// that a test can't have.
type sight struct {
	host          string
	local, remote string   // of the connection; none: there was none
	addrs         []string // of the host
	failure       string   // its code; none: it answers
}

func (s sight) attempt(p *pinger) *attempt {
	a := p.attempt(s.host, 9092)
	if s.remote != "" {
		a.local, a.remote = netip.MustParseAddr(s.local), netip.MustParseAddr(s.remote)
	}
	for _, addr := range s.addrs {
		a.addrs = append(a.addrs, netip.MustParseAddr(addr))
	}
	if s.failure != "" {
		a.failure = &failure{code: s.failure, outcome: "fails", text: "It fails."}
	}
	return a
}

func TestWhereTheClusterWasReachedTellsTheCause(t *testing.T) {
	public := sight{host: "kafka.example.com", local: "192.168.1.2", remote: "203.0.113.5"}
	here := sight{host: "localhost", local: "127.0.0.1", remote: "127.0.0.1"}
	ownAddress := sight{host: "192.168.1.2", local: "192.168.1.2", remote: "192.168.1.2"}
	private := sight{host: "10.0.0.1", local: "10.0.0.9", remote: "10.0.0.1"}
	throughBridge := sight{host: "kafka:9092"}
	for _, row := range []struct {
		name       string
		from       sight
		advertised sight
		code       string // none: all is well
		says       []string
	}{
		{"loopback of another machine, where nothing listens", public, sight{host: "localhost", addrs: []string{"127.0.0.1", "::1"}, failure: "refused"},
			"advertised-loopback", []string{"Broker 1 is advertised as localhost:9092", "not on this one", "203.0.113.5"}},
		{"loopback of another machine, where another cluster answers", public, sight{host: "127.0.0.1", addrs: []string{"127.0.0.1"}},
			"advertised-loopback", nil},
		{"loopback, here", here, sight{host: "localhost", addrs: []string{"127.0.0.1"}}, "", nil},
		{"loopback, here by an address of this machine", ownAddress, sight{host: "localhost", addrs: []string{"127.0.0.1"}}, "", nil},
		{"loopback, here, refused", here, sight{host: "localhost", addrs: []string{"127.0.0.1"}, failure: "refused"}, "advertised-refused", nil},
		{"loopback, through a bridge, on its machine", throughBridge, sight{host: "localhost", addrs: []string{"127.0.0.1"}}, "", nil},

		{"private address through NAT", public, sight{host: "10.0.3.7", addrs: []string{"10.0.3.7"}, failure: "connect-timeout"},
			"advertised-private", []string{"10.0.3.7", "reached from outside of it", "kafka.example.com"}},
		{"private address without a route", public, sight{host: "broker-1.corp.example", addrs: []string{"10.0.3.7"}, failure: "no-route"},
			"advertised-private", []string{"broker-1.corp.example:9092", "(10.0.3.7)"}},
		{"private address of a container, on this machine", here, sight{host: "172.18.0.2", addrs: []string{"172.18.0.2"}, failure: "connect-timeout"},
			"advertised-private", []string{"localhost"}},
		{"private address that answers", public, sight{host: "10.0.3.7", addrs: []string{"10.0.3.7"}}, "", nil},
		{"private address from a private network", private, sight{host: "10.0.0.2", addrs: []string{"10.0.0.2"}, failure: "connect-timeout"},
			"advertised-connect-timeout", []string{"firewall"}},
		{"public address", public, sight{host: "b.example.com", addrs: []string{"203.0.113.6"}, failure: "connect-timeout"},
			"advertised-connect-timeout", nil},

		{"IPv6 only, without IPv6", public, sight{host: "b.example.com", addrs: []string{"2001:db8::1"}, failure: "no-route"},
			"advertised-ipv6-only", []string{"2001:db8::1", "IPv4"}},
		{"both IP versions, no route", public, sight{host: "b.example.com", addrs: []string{"2001:db8::1", "203.0.113.6"}, failure: "no-route"},
			"advertised-no-route", []string{"It fails."}},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := &pinger{report: new(Report)}
			from := row.from.attempt(p)
			a := row.advertised.attempt(p)
			s := &clusterCheck{from: from, brokers: []checkedBroker{{Broker: Broker{ID: 1, Host: a.host, Port: int32(a.port)}, attempt: a}}}
			s.brokers[0].failure = s.judge(a)
			s.conclude()
			problems := s.problems()
			switch {
			case row.code == "":
				if len(problems) > 0 {
					t.Errorf("found %q", problems)
				}
				return
			case len(problems) != 1 || problems[0].Code != row.code:
				t.Fatalf("found %q, want %s", problems, row.code)
			}
			for _, part := range row.says {
				if text := problems[0].Text + problems[0].Advice; !strings.Contains(text, part) {
					t.Errorf("%q is not in: %s", part, text)
				}
			}
			if b := s.brokers[0]; b.OK || b.Problem != row.code || b.Outcome == "" {
				t.Errorf("the broker is told as %+v", b.Broker)
			}
		})
	}
}

func TestTheListenerToSetIsNamedForItsProtocol(t *testing.T) {
	mechanism := plain.Auth{}.AsMechanism()
	for _, row := range []struct {
		options Options
		want    string
	}{
		{Options{}, "PLAINTEXT://kafka:9092"},
		{Options{TLS: new(tls.Config)}, "SSL://kafka:9092"},
		{Options{SASL: mechanism}, "SASL_PLAINTEXT://kafka:9092"},
		{Options{TLS: new(tls.Config), SASL: mechanism}, "SASL_SSL://kafka:9092"},
	} {
		s := &clusterCheck{from: (&pinger{options: row.options}).attempt("kafka", 9092)}
		_, fix := s.adviseAddress("")
		if want := []string{"advertised.listeners=" + row.want, "KAFKA_ADVERTISED_LISTENERS=" + row.want}; !slices.Equal(fix, want) {
			t.Errorf("%q, want %q", fix, want)
		}
	}
}

func TestNamesThatAreKnownElsewhereAreRecognised(t *testing.T) {
	for host, hint := range map[string]string{
		"kafka":                          "container",
		"broker_1":                       "container",
		"3f4e2a9b01cd":                   "id of a container",
		"kafka-0.kafka.default.svc":      "Kubernetes",
		"kafka-0.kafka.ns.svc.k8s.corp":  "Kubernetes",
		"kafka-0.x.svc.cluster.local":    "Kubernetes",
		"host.docker.internal":           "Docker",
		"IP-10-0-3-7.eu-west-1.internal": "cloud",
		"kafka.example.com":              "",
		"kafka.example.com.":             "",
	} {
		if got := nameHint(host); !strings.Contains(got, hint) || (got == "") != (hint == "") {
			t.Errorf("%s: %q, want a word of %q", host, got, hint)
		}
	}
}
