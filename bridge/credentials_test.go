package bridge_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/rpc"
)

func TestSASLWantsVerifiedTLS(t *testing.T) {
	for name, row := range map[string]struct {
		config bridge.Config
		want   string // empty: New accepts it
	}{
		"NoTLS":             {bridge.Config{SASL: alice}, "bridge: SASL without TLS:"},
		"NotVerified":       {bridge.Config{SASL: alice, TLS: &tls.Config{InsecureSkipVerify: true}}, "bridge: SASL over TLS with InsecureSkipVerify:"},
		"TLS":               {bridge.Config{SASL: alice, TLS: &tls.Config{}}, ""},
		"AllowPlaintext":    {bridge.Config{SASL: alice, AllowPlaintext: true}, ""},
		"AskAsUserNoSASL":   {bridge.Config{AskAsUser: true}, "bridge: AskAsUser without SASL:"},
		"NotVerifiedNoSASL": {bridge.Config{TLS: &tls.Config{InsecureSkipVerify: true}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			row.config.Brokers = []string{"broker"}
			_, err := bridge.New(row.config)
			if (err == nil) != (row.want == "") || err != nil && !strings.HasPrefix(err.Error(), row.want) {
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
}

// serveTLS serves connections, over TLS with a certificate for a name.
func serveTLS(t *testing.T, authority *testca.Authority, name string, serve func(net.Conn)) (addr string) {
	certificate := authority.Issue(t, name).TLS(t)
	return testnet.Serve(t, func(c net.Conn) {
		secured := tls.Server(c, &tls.Config{Certificates: []tls.Certificate{certificate}})
		defer secured.Close()
		if secured.Handshake() == nil {
			serve(secured)
		}
	})
}

// The client speaks plain text, and the bridge puts TLS on it. The broker is where its advertised name
// doesn't lead, and its certificate is for that name.
func TestBridgeSpeaksTLSWithBrokers(t *testing.T) {
	authority := testca.New(t)
	at := serveTLS(t, authority, "kafka", func(c net.Conn) { io.Copy(c, c) })
	config := bridge.Config{
		Brokers: []string{"kafka:29092"}, ConnectTo: map[string]string{"kafka:29092": at},
		TLS: &tls.Config{RootCAs: authority.Pool()},
	}
	_, url := serve(t, config)
	mustEchoSizes(t, dial(t, &kafkaio.Dialer{Bridge: url}, "kafka:29092"))

	t.Run("OtherName", func(t *testing.T) {
		config.Brokers, config.ConnectTo = []string{"impostor:29092"}, map[string]string{"impostor:29092": at}
		_, url := serve(t, config)
		mustNotOpen(t, url, "impostor:29092", 4502, "tls: the bridge could not set up TLS with impostor:29092: the broker's certificate is for another name")
	})
	t.Run("OtherAuthority", func(t *testing.T) {
		config.Brokers, config.ConnectTo = []string{"kafka:29092"}, map[string]string{"kafka:29092": at}
		config.TLS = &tls.Config{RootCAs: testca.New(t).Pool()}
		_, url := serve(t, config)
		mustNotOpen(t, url, "kafka:29092", 4502, "tls: the bridge could not set up TLS with kafka:29092: the broker's certificate is from an authority")
	})
	t.Run("Plaintext", func(t *testing.T) {
		broker := echo(t)
		config.Brokers, config.ConnectTo = []string{broker}, nil
		_, url := serve(t, config)
		mustNotOpen(t, url, broker, 4502, "tls: the bridge could not set up TLS with "+broker+": ")
	})
}

// mustNotOpen opens a stream, and wants to be refused.
func mustNotOpen(t *testing.T, url, target string, code int, reason string) {
	t.Helper()
	c := attack(t, url, hostile.Tunnel)
	send(t, c, hostile.Open(1, 1<<20, target))
	got, text := pipe{c, false}.end()
	if got != code || !strings.HasPrefix(text, reason) {
		t.Errorf("refused with %d %q, want %d %q", got, text, code, reason)
	}
}

func TestRefusedCredentialsSayWhatIsWrong(t *testing.T) {
	const secret = "s3cret-nobody-may-see"
	for name, row := range map[string]struct {
		sasl   func(context.Context, bridge.Identity) (sasl.Mechanism, error)
		serve  func(net.Conn)
		code   int
		reason string
	}{
		"WrongPassword": {
			func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
				return plain.Auth{User: "alice", Pass: secret}.AsMechanism(), nil
			}, (&saslBroker{}).serve, 4502, "sasl: the broker refused the bridge's credentials: Authentication failed: Invalid username or password: SASL_AUTHENTICATION_FAILED",
		},
		"NoCredentials": {
			func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
				return nil, errors.New("reading " + secret)
			},
			(&saslBroker{}).serve, 4502, "sasl: the bridge has no credentials for 192.0.2.1:9092; its log says why",
		},
		"Refusal": {
			func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
				return nil, fmt.Errorf("%s: %w", secret, bridge.Refusal("log in with a token"))
			},
			(&saslBroker{}).serve, 4403, "denied: log in with a token",
		},
		"BrokerCloses":   {alice, func(c net.Conn) { readFrame(c) }, 4502, "sasl: the bridge could not ask 192.0.2.1:9092 for its versions: the broker closed the connection"},
		"BrokerIsSilent": {alice, func(c net.Conn) { io.Copy(io.Discard, c) }, 4504, "sasl: the bridge could not ask 192.0.2.1:9092 for its versions in time"},
		"NoKafka": {alice, func(c net.Conn) {
			readFrame(c)
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
		}, 4502, "sasl: the bridge could not ask 192.0.2.1:9092 for its versions: the broker announces an answer of 1213486160 bytes"},
		"NoSASL": {alice, func(c net.Conn) {
			readFrame(c)
			c.Write(response(1, make([]byte, 6)))
		}, 4502, "sasl: the bridge could not authenticate to 192.0.2.1:9092 with PLAIN: the broker has no SASLHandshake"},
	} {
		t.Run(name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				config := func(t *testing.T) bridge.Config {
					return bridge.Config{SASL: row.sasl, AllowPlaintext: true, Dial: newBrokers(t, row.serve).dial}
				}
				inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
					c := v.connect(t, subprotocol, nil)
					p := pipe{c, subprotocol == hostile.Raw}
					started := time.Now()
					if !p.raw {
						send(t, c, hostile.Open(1, 1<<20, memoryBroker))
					}
					code, reason := p.end()
					want := row.reason[:min(len(row.reason), 123)] // RFC 6455 section 5.5
					if !p.raw {
						want = row.reason
					}
					if code != row.code || !strings.HasPrefix(reason, want) && !strings.HasPrefix(want, strings.TrimSuffix(reason, "...")) || strings.Contains(reason, secret) {
						t.Errorf("refused with %d %q, want %d %q", code, reason, row.code, row.reason)
					}
					if took := time.Since(started); took > 2*time.Minute {
						t.Errorf("after %v", took)
					}
				})
			})
		})
	}
}

// kfake advertises brokers that the bridge doesn't know, and wants SASL for everything.
func TestBridgeAsksAClusterThatWantsSASL(t *testing.T) {
	cluster := fakekafka.StartTest(t, "-brokers=3", "-user=alice:"+password)
	addrs := cluster.ListenAddrs()
	b := bridgetest.New(t, bridge.Config{
		Brokers: addrs[:1], AllowPlaintext: true,
		SASL: func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
			return scram.Auth{User: "alice", Pass: password}.AsSha256Mechanism(), nil
		},
	})
	special, unlisted, err := b.SpecialBrokers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(addrs)
	if !slices.Equal(special, addrs) || len(unlisted) != 2 {
		t.Errorf("special: %q, unlisted: %q, of %q", special, unlisted, addrs)
	}
	// The client has no credentials.
	url := bridgetest.Serve(t, b) + "/kafka"
	p := core.NewPipeline(core.NewConn(dial(t, &kafkaio.Dialer{Bridge: url}, ""), core.Options{}), core.PipelineOptions{})
	defer p.Close()
	resp, err := rpc.Do(t.Context(), p, kmsg.NewPtrMetadataRequest())
	if err != nil || len(resp.(*kmsg.MetadataResponse).Brokers) != 3 {
		t.Error(resp, err)
	}
}
