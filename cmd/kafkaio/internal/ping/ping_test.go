package ping_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

var update = flag.Bool("update", false, "write the reports in testdata anew")

const (
	// patience is how long a step may take that takes milliseconds on an idle machine.
	patience = time.Minute
	// short is for steps that take all the time that there is, beside others that do not.
	short = 2 * time.Second
)

// A scenario is what a user may meet. testdata has its report, under its name up to a slash: scenarios
// with one report differ behind it.
type scenario struct {
	name string
	meet func(t *testing.T) ping.Options
}

var scenarios = []scenario{
	{"all-well", func(t *testing.T) ping.Options {
		return ping.Options{Addr: cluster(t, 3).ListenAddrs()[0]}
	}},

	// Names and connections.
	{"name-unknown", func(*testing.T) ping.Options { return ping.Options{Addr: "kafka:9092"} }},
	{"name-without-ipv6", func(*testing.T) ping.Options {
		return ping.Options{Addr: "v4.example", IPVersion: kafkaio.IPv6}
	}},
	{"address-without-ipv6", func(*testing.T) ping.Options {
		return ping.Options{Addr: "127.0.0.1", IPVersion: kafkaio.IPv6}
	}},
	{"resolve-timeout", func(*testing.T) ping.Options {
		return ping.Options{Addr: "slow.example", Timeout: short}
	}},
	{"refused", func(t *testing.T) ping.Options { return ping.Options{Addr: testnet.ClosedPort(t)} }},
	{"connect-timeout", func(t *testing.T) ping.Options { return ping.Options{Addr: blackHole(t), Timeout: short} }},

	// What is no Kafka, or not with or without TLS.
	{"http-server", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, testnet.Says("HTTP/1.1 400 Bad Request\r\n\r\n"))}
	}},
	{"http-server/that-waits", func(t *testing.T) ping.Options {
		s := httptest.NewServer(http.NotFoundHandler())
		t.Cleanup(s.Close)
		return ping.Options{Addr: strings.TrimPrefix(s.URL, "http://"), Timeout: short}
	}},
	{"tls-port/of-an-https-server", func(t *testing.T) ping.Options {
		s := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(s.Close)
		return ping.Options{Addr: strings.TrimPrefix(s.URL, "https://"), Timeout: short}
	}},
	{"https-server-that-waits", func(t *testing.T) ping.Options {
		s := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(s.Close)
		return ping.Options{Addr: strings.TrimPrefix(s.URL, "https://"), Timeout: short, TLS: &tls.Config{InsecureSkipVerify: true}}
	}},
	{"http-server-tls", func(t *testing.T) ping.Options {
		ca := testca.New(t)
		return ping.Options{Addr: testnet.Serve(t, saysSecurely(serverTLS(ca.Issue(t, "127.0.0.1").TLS(t)), "HTTP/1.1 400 Bad Request\r\n\r\n")), TLS: trusting(ca)}
	}},
	{"http-server-asked-with-tls", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, testnet.Says("HTTP/1.1 400 Bad Request\r\n\r\n")), TLS: new(tls.Config)}
	}},
	{"text", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, testnet.Says("SSH-2.0-OpenSSH_9.6 \"\x1b[2J\r\n"))}
	}},
	{"text-greeting", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, testnet.Says("SSH-2.0-OpenSSH_9.6\r\n"))}
	}},
	{"silent", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, testnet.Discard), Timeout: short}
	}},
	{"hung-up", func(t *testing.T) ping.Options { return ping.Options{Addr: testnet.Serve(t, hangsUp)} }},
	{"tls-port", func(t *testing.T) ping.Options {
		ca := testca.New(t)
		return ping.Options{Addr: cluster(t, 1, kfake.TLS(serverTLS(ca.Issue(t, "127.0.0.1").TLS(t)))).ListenAddrs()[0]}
	}},
	{"plaintext-port", func(t *testing.T) ping.Options {
		return ping.Options{Addr: plaintext(t), TLS: new(tls.Config), Flags: []ping.Flag{{Name: "tls"}}}
	}},
	{"silent-tls", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, testnet.Discard), TLS: new(tls.Config), Timeout: short}
	}},
	{"hung-up-tls", func(t *testing.T) ping.Options {
		return ping.Options{Addr: testnet.Serve(t, hangsUp), TLS: new(tls.Config)}
	}},
	{"controller-listener", func(t *testing.T) ping.Options { return ping.Options{Addr: controller(t, kmsg.Fetch)} }},
	{"controller-listener/with-metadata", func(t *testing.T) ping.Options {
		return ping.Options{Addr: controller(t, kmsg.Fetch, kmsg.Metadata, kmsg.SASLHandshake)}
	}},
	{"not-a-broker", func(t *testing.T) ping.Options { return ping.Options{Addr: listing(t, kmsg.SASLHandshake)} }},
	{"no-brokers", func(t *testing.T) ping.Options { return ping.Options{Addr: advertising(t)} }},
	{"metadata-timeout", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		answer(c, kmsg.Metadata, func(kmsg.Request) (kmsg.Response, error) { return nil, nil })
		return ping.Options{Addr: c.ListenAddrs()[0], Timeout: short}
	}},
	{"metadata-hung-up", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		answer(c, kmsg.Metadata, func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("no") })
		answer(c, kmsg.SASLHandshake, func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("no") })
		return ping.Options{Addr: c.ListenAddrs()[0]}
	}},

	// Certificates.
	{"all-well-tls", func(t *testing.T) ping.Options {
		ca := testca.New(t)
		return ping.Options{Addr: secured(t, ca.Issue(t, "127.0.0.1").TLS(t)), TLS: trusting(ca)}
	}},
	{"certificate-unknown-ca", func(t *testing.T) ping.Options {
		return ping.Options{Addr: secured(t, testca.New(t).Issue(t, "127.0.0.1").TLS(t)), TLS: trusting(testca.New(t)), Flags: []ping.Flag{{Name: "tls"}}}
	}},
	{"certificate-other-ca", func(t *testing.T) ping.Options {
		return ping.Options{Addr: secured(t, testca.New(t).Issue(t, "127.0.0.1").TLS(t)), TLS: trusting(testca.New(t)), Flags: []ping.Flag{{Name: "ca", Value: "old.pem"}}}
	}},
	{"certificate-self-signed", func(t *testing.T) ping.Options {
		return ping.Options{Addr: secured(t, selfSigned(t, time.Now().Add(time.Hour))), TLS: trusting(testca.New(t))}
	}},
	{"certificate-wrong-name", func(t *testing.T) ping.Options {
		ca := testca.New(t)
		return ping.Options{Addr: secured(t, ca.Issue(t, "*.kafka.example", "10.1.2.3").TLS(t)), TLS: trusting(ca), Flags: []ping.Flag{{Name: "ca", Value: "my ca.pem"}}}
	}},
	{"certificate-expired", func(t *testing.T) ping.Options {
		c := selfSigned(t, time.Now().Add(-time.Hour))
		pool := x509.NewCertPool()
		pool.AddCert(c.Leaf)
		return ping.Options{Addr: secured(t, c), TLS: &tls.Config{RootCAs: pool}}
	}},
	{"client-certificate-required", func(t *testing.T) ping.Options {
		addr, ca := wantingCertificates(t)
		return ping.Options{Addr: addr, TLS: trusting(ca), Flags: []ping.Flag{{Name: "tls"}, {Name: "ca", Value: "ca.pem"}}}
	}},
	{"client-certificate-unsuitable", func(t *testing.T) ping.Options {
		addr, ca := wantingCertificates(t)
		config := trusting(ca)
		config.Certificates = []tls.Certificate{testca.New(t).Issue(t, "client").TLS(t)}
		return ping.Options{Addr: addr, TLS: config}
	}},
	{"all-well-tls/with-a-client-certificate", func(t *testing.T) ping.Options {
		addr, ca := wantingCertificates(t)
		config := trusting(ca)
		config.Certificates = []tls.Certificate{ca.Issue(t, "client").TLS(t)}
		return ping.Options{Addr: addr, TLS: config}
	}},

	// SASL.
	{"all-well-sasl", func(t *testing.T) ping.Options {
		return ping.Options{Addr: authenticating(t), SASL: scram.Auth{User: "alice", Pass: password}.AsSha256Mechanism(), User: "alice"}
	}},
	{"sasl-required", func(t *testing.T) ping.Options { return ping.Options{Addr: authenticating(t)} }},
	{"sasl-refused-plain", func(t *testing.T) ping.Options {
		return ping.Options{Addr: refusing(t), SASL: plain.Auth{User: "alice", Pass: "guess"}.AsMechanism(), User: "alice"}
	}},
	{"sasl-refused-scram", func(t *testing.T) ping.Options {
		return ping.Options{Addr: refusing(t), SASL: scram.Auth{User: "alice", Pass: "guess"}.AsSha256Mechanism(), User: "alice"}
	}},
	{"sasl-mechanism", func(t *testing.T) ping.Options {
		c := cluster(t, 1, kfake.EnableSASL())
		answer(c, kmsg.SASLHandshake, func(request kmsg.Request) (kmsg.Response, error) {
			response := request.ResponseKind().(*kmsg.SASLHandshakeResponse)
			response.ErrorCode = 33 // UNSUPPORTED_SASL_MECHANISM
			response.SupportedMechanisms = []string{"GSSAPI", "SCRAM-SHA-512"}
			return response, nil
		})
		return ping.Options{
			Addr: c.ListenAddrs()[0], SASL: plain.Auth{User: "alice", Pass: password}.AsMechanism(), User: "alice",
			Flags: []ping.Flag{{Name: "sasl", Value: "plain"}, {Name: "user", Value: "alice"}},
		}
	}},
	{"sasl-not-offered", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		answer(c, kmsg.SASLHandshake, func(request kmsg.Request) (kmsg.Response, error) {
			response := request.ResponseKind().(*kmsg.SASLHandshakeResponse)
			response.ErrorCode = 34 // ILLEGAL_SASL_STATE
			return response, nil
		})
		return ping.Options{
			Addr: c.ListenAddrs()[0], SASL: plain.Auth{User: "alice", Pass: password}.AsMechanism(), User: "alice",
			Flags: []ping.Flag{{Name: "sasl", Value: "plain"}, {Name: "user", Value: "alice"}},
		}
	}},
	{"sasl-hung-up", func(t *testing.T) ping.Options {
		c := cluster(t, 1, kfake.EnableSASL())
		answer(c, kmsg.SASLAuthenticate, func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("no") })
		return ping.Options{Addr: c.ListenAddrs()[0], SASL: plain.Auth{User: "alice", Pass: password}.AsMechanism(), User: "alice"}
	}},

	{"sasl-not-offered/by-hanging-up", func(t *testing.T) ping.Options {
		return ping.Options{
			Addr: plaintext(t), SASL: plain.Auth{User: "alice", Pass: password}.AsMechanism(), User: "alice",
			Flags: []ping.Flag{{Name: "sasl", Value: "plain"}, {Name: "user", Value: "alice"}},
		}
	}},
	{"sasl-none-maybe", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		for _, key := range []kmsg.Key{kmsg.SASLHandshake, kmsg.Metadata} {
			answer(c, key, func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("no") })
		}
		return ping.Options{
			Addr: c.ListenAddrs()[0], SASL: plain.Auth{User: "alice", Pass: password}.AsMechanism(), User: "alice",
			Flags: []ping.Flag{{Name: "sasl", Value: "plain"}, {Name: "user", Value: "alice"}},
		}
	}},

	// What the cluster advertises.
	{"advertised-name-unknown", func(t *testing.T) ping.Options { return ping.Options{Addr: advertising(t, at(1, "kafka", 9092))} }},
	{"advertised-names-unknown", func(t *testing.T) ping.Options {
		return ping.Options{Addr: advertising(t, at(2, "kafka-2.kafka-headless.default.svc.cluster.local", 9092), at(0, "kafka-0.kafka-headless.default.svc.cluster.local", 9092), at(1, "kafka-1.kafka-headless.default.svc.cluster.local", 9092))}
	}},
	{"advertised-container-id", func(t *testing.T) ping.Options {
		return ping.Options{Addr: advertising(t, at(1, "f2c9a1b04d7e", 9092))}
	}},
	{"advertised-port-mapped", func(t *testing.T) ping.Options {
		port, _ := strconv.Atoi(portOf(testnet.ClosedPort(t)))
		return ping.Options{Addr: advertising(t, at(1, "127.0.0.1", int32(port)))}
	}},
	{"advertised-refused", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		good, _ := strconv.Atoi(portOf(c.ListenAddrs()[0]))
		bad, _ := strconv.Atoi(portOf(testnet.ClosedPort(t)))
		advertise(c, at(1, "127.0.0.1", int32(good)), at(2, "127.0.0.1", int32(bad)))
		return ping.Options{Addr: c.ListenAddrs()[0]}
	}},
	{"advertised-connect-timeout", func(t *testing.T) ping.Options {
		bad, _ := strconv.Atoi(portOf(blackHole(t)))
		return ping.Options{Addr: advertising(t, at(1, "127.0.0.1", int32(bad))), Timeout: short}
	}},
	{"advertised-unspecified", func(t *testing.T) ping.Options { return ping.Options{Addr: advertising(t, at(1, "0.0.0.0", 9092))} }},
	{"advertised-invalid", func(t *testing.T) ping.Options {
		return ping.Options{Addr: advertising(t, at(-1, "", 0), at(1, "\x1b[2J\x1b]0;owned\a", -1), at(2, "kafka", 70000), at(3, "a\u202eb", 9092), at(4, "fe80::1%\x1b[1m", 9092))}
	}},
	{"advertised-duplicate", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		port, _ := strconv.Atoi(portOf(c.ListenAddrs()[0]))
		advertise(c, at(1, "127.0.0.1", int32(port)), at(2, "127.0.0.1", int32(port)), at(3, "127.0.0.1", int32(port)))
		return ping.Options{Addr: c.ListenAddrs()[0]}
	}},
	{"advertised-http-server", func(t *testing.T) ping.Options {
		port, _ := strconv.Atoi(portOf(testnet.Serve(t, testnet.Says("HTTP/1.1 400 Bad Request\r\n\r\n"))))
		return ping.Options{Addr: advertising(t, at(1, "127.0.0.1", int32(port)))}
	}},
	{"advertised-mixed", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		good, _ := strconv.Atoi(portOf(c.ListenAddrs()[0]))
		bad, _ := strconv.Atoi(portOf(testnet.ClosedPort(t)))
		advertise(c, at(1, "kafka.example", int32(good)), at(2, "ip-10-0-3-7.ec2.internal", 9092), at(3, "127.0.0.1", int32(bad)), at(4, "kafka-4.example", 9092))
		return ping.Options{Addr: c.ListenAddrs()[0]}
	}},

	// Bridges.
	{"bridge-all-well", func(t *testing.T) ping.Options {
		c := cluster(t, 2)
		return ping.Options{Addr: c.ListenAddrs()[0], Bridge: serveBridge(t, bridge.Config{Brokers: c.ListenAddrs()})}
	}},
	{"bridge-refused", func(t *testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: "ws://" + testnet.ClosedPort(t) + "/kafka"}
	}},
	{"bridge-timeout", func(t *testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: "ws://" + testnet.Serve(t, testnet.Discard) + "/kafka", Timeout: short}
	}},
	{"bridge-unreachable", func(t *testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: "ws://" + testnet.Serve(t, testnet.Says("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) + "/"}
	}},
	{"bridge-token-missing", func(t *testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: serveBridge(t, bridge.Config{Brokers: []string{"kafka:9092"}, Authorize: authorize}), Flags: []ping.Flag{{Name: "bridge", Value: "ws://127.0.0.1:8642/kafka"}}}
	}},
	{"bridge-token-refused", func(t *testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: serveBridge(t, bridge.Config{Brokers: []string{"kafka:9092"}, Authorize: authorize}), Token: token("guess")}
	}},
	{"bridge-denied", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		return ping.Options{Addr: "10.1.2.3:22", Bridge: serveBridge(t, bridge.Config{Brokers: c.ListenAddrs()})}
	}},
	{"bridge-denied-identity", func(t *testing.T) ping.Options {
		c := cluster(t, 1)
		return ping.Options{Addr: c.ListenAddrs()[0], Token: token(bridgeToken), Bridge: serveBridge(t, bridge.Config{
			Brokers: c.ListenAddrs(), Authorize: authorize, AskAsUser: true, AllowPlaintext: true,
			SASL: func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
				return nil, bridge.Refusal("ci has no account in identities_file")
			},
		})}
	}},
	{"bridge-unlisted", func(t *testing.T) ping.Options {
		c := cluster(t, 3)
		return ping.Options{Addr: c.ListenAddrs()[1], Bridge: serveBridge(t, bridge.Config{Brokers: c.ListenAddrs()[:1]})}
	}},
	{"bridge-advertised-unlisted", func(t *testing.T) ping.Options {
		c := cluster(t, 3)
		return ping.Options{Addr: c.ListenAddrs()[0], Bridge: serveBridge(t, bridge.Config{Brokers: c.ListenAddrs()[:1]})}
	}},
	{"bridge-advertised-unlisted-one", func(t *testing.T) ping.Options {
		c := cluster(t, 3)
		return ping.Options{Addr: c.ListenAddrs()[2], Bridge: serveBridge(t, bridge.Config{Brokers: c.ListenAddrs()[1:]})}
	}},
	{"bridge-host-unknown", func(*testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: "ws://bridge.example:8642/kafka"}
	}},
	{"bridge-without-tls", func(t *testing.T) ping.Options {
		url := strings.Replace(serveBridge(t, bridge.Config{Brokers: []string{"kafka:9092"}}), "ws://", "wss://", 1)
		return ping.Options{Addr: "kafka:9092", Bridge: url, Flags: []ping.Flag{{Name: "bridge", Value: url}}}
	}},
	{"bridge-certificate", func(t *testing.T) ping.Options {
		s := httptest.NewTLSServer(http.NotFoundHandler())
		t.Cleanup(s.Close)
		return ping.Options{Addr: "kafka:9092", Bridge: "wss" + strings.TrimPrefix(s.URL, "https") + "/kafka"}
	}},
	{"bridge-name", func(t *testing.T) ping.Options {
		// Connects to this machine, and is no name of loopback.
		url := serveBridge(t, bridge.Config{Brokers: []string{"kafka:9092"}})
		return ping.Options{Addr: "kafka:9092", Bridge: strings.Replace(url, "127.0.0.1", "0.0.0.0", 1)}
	}},
	{"bridge-broker-refused", func(t *testing.T) ping.Options {
		addr := testnet.ClosedPort(t)
		return ping.Options{Addr: addr, Bridge: serveBridge(t, bridge.Config{Brokers: []string{addr}})}
	}},
	{"bridge-name-unknown", func(t *testing.T) ping.Options {
		return ping.Options{Addr: "kafka:9092", Bridge: serveBridge(t, bridge.Config{Brokers: []string{"kafka:9092"}})}
	}},
	{"bridge-broker-timeout", func(t *testing.T) ping.Options {
		addr := blackHole(t)
		return ping.Options{Addr: addr, Bridge: serveBridge(t, bridge.Config{Brokers: []string{addr}}), Timeout: short}
	}},
	{"bridge-advertised-unknown", func(t *testing.T) ping.Options {
		addr := advertising(t, at(1, "kafka", 9092))
		return ping.Options{Addr: addr, Bridge: serveBridge(t, bridge.Config{Brokers: []string{addr}})}
	}},
}

func TestReports(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			o := s.meet(t)
			if o.Timeout == 0 {
				o.Timeout = patience
			}
			report, err := ping.Run(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if err := report.WriteJSON(&got); err != nil {
				t.Fatal(err)
			}
			name, _, _ := strings.Cut(s.name, "/")
			compare(t, filepath.Join("testdata", name+".json"), steady(got.String()))
		})
	}
}

// compare compares with what a file has.
func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nbut %s has\n%s", got, file, want)
	}
}

var (
	ofChance = []struct {
		found *regexp.Regexp
		put   string
	}{
		{regexp.MustCompile(`"ms": [0-9.]+`), `"ms": 1.5`},
		{regexp.MustCompile(`"error": ".+"`), `"error": "in others' words"`},
		{regexp.MustCompile(`SERIALNUMBER=[0-9]+`), `SERIALNUMBER=1`},
		{regexp.MustCompile(`[0-9]{4}-[0-9]{2}-[0-9]{2}`), `2030-01-01`},
	}
	port = regexp.MustCompile(`\b[2-6][0-9]{4}\b`)
)

// steady is a report without what depends on chance: ports are those from 19092 on, in the order in
// which they appear.
func steady(report string) string {
	for _, c := range ofChance {
		report = c.found.ReplaceAllString(report, c.put)
	}
	ports := make(map[string]string)
	return port.ReplaceAllStringFunc(report, func(p string) string {
		if p == "70000" {
			return p
		}
		if ports[p] == "" {
			ports[p] = strconv.Itoa(19092 + len(ports))
		}
		return ports[p]
	})
}
