//go:build !js

package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

func TestTLSWithTheBrokers(t *testing.T) {
	ca, other := testca.New(t), testca.New(t)
	brokers := newCluster(t, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "kafka.test").TLS(t)}}))
	url := bridgeTo(t, bridge.Config{Brokers: brokers})
	with := func(o map[string]any) map[string]any { return map[string]any{"bridge": url, "tls": o} }

	ctx, socket := openSocket(t, with(map[string]any{"ca": ca.PEM, "serverName": "kafka.test"}), 1)
	if _, err := requestOn(ctx, socket, kmsg.NewPtrMetadataRequest()); err != nil {
		t.Error(err)
	}

	for _, test := range []struct {
		name, code, text string
		options          map[string]any
	}{
		{"another authority", "ERR_CANNOT_BIND", "not in tls.ca", map[string]any{"ca": other.PEM, "serverName": "kafka.test"}},
		{"another name", "ERR_CANNOT_BIND", "tls.serverName", map[string]any{"ca": ca.PEM, "serverName": "elsewhere.test"}},
		{"no name, and no authority of its own", codeMismatchArgument, "serverName", map[string]any{}},
		{"no PEM", codeMismatchArgument, "tls.ca", map[string]any{"ca": "x"}},
		{"a key without a certificate", codeMismatchArgument, "tls.cert", map[string]any{"ca": ca.PEM, "key": "x"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, page := start(t, nil)
			_, err := page.Start(nil, "connect", with(test.options), nil, 1).Result(ctx)
			if e := failure(t, err); e.Code != test.code || !strings.Contains(e.Message, test.text) {
				t.Errorf("%s: %s", e.Code, e.Message)
			}
		})
	}
}

// named starts three brokers, each at a host of its own and with a certificate for that, and returns a bridge that
// knows where they are.
func named(t *testing.T, ca *testca.Authority, config *tls.Config) (url string) {
	t.Helper()
	certificates := make(map[string]*tls.Certificate) // by address
	var brokers []string
	at := make(map[string]string)
	config.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return certificates[hello.Conn.LocalAddr().String()], nil
	}
	newFake(t, kfake.NumBrokers(3), kfake.TLS(config), kfake.SeedTopics(6, "t"), kfake.ListenFn(func(network, _ string) (net.Listener, error) {
		l, err := net.Listen(network, "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		host := fmt.Sprintf("broker-%d.test", len(brokers))
		pair := ca.Issue(t, host).TLS(t)
		certificates[l.Addr().String()] = &pair
		address := net.JoinHostPort(host, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
		at[address] = l.Addr().String()
		brokers = append(brokers, address)
		return namedListener{l, address}, nil
	}))
	return bridgeTo(t, bridge.Config{Brokers: brokers, ConnectTo: at})
}

// A namedListener has an address of another name.
type namedListener struct {
	net.Listener
	address string
}

func (l namedListener) Addr() net.Addr  { return l }
func (l namedListener) Network() string { return "tcp" }
func (l namedListener) String() string  { return l.address }

func TestEachBrokerHasACertificateForItsHost(t *testing.T) {
	ca := testca.New(t)
	url := named(t, ca, &tls.Config{})
	for name, options := range map[string]object{
		"by the authority":                {"ca": ca.PEM},
		"with a name of the first broker": {"ca": ca.PEM, "serverName": "broker-0.test"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, page, _ := connectTo(t, object{"bridge": url, "tls": options})
			for _, b := range do(ctx, t, page, "cluster", nil).(object)["brokers"].([]any) {
				if b.(object)["reachable"] != true {
					t.Errorf("%v", b)
				}
			}
			store(ctx, t, page, to("v"))
		})
	}
}

func TestABrokerWithTheCertificateOfAnotherIsRefused(t *testing.T) {
	ca := testca.New(t)
	impostor := ca.Issue(t, "broker-9.test").TLS(t)
	roots := ca.Pool()
	chain := func(p tls.Certificate) []*x509.Certificate { return []*x509.Certificate{p.Leaf} }
	for _, test := range []struct {
		names []string
		ok    bool
	}{{nil, true}, {[]string{"broker-9.test"}, true}, {[]string{"broker-0.test"}, false}, {[]string{"broker-0.test", "broker-9.test"}, true}} {
		if err := verify(chain(impostor), roots, test.names); (err == nil) != test.ok {
			t.Errorf("for %q: %v", test.names, err)
		}
	}
	if err := verify(chain(testca.New(t).Issue(t, "broker-0.test").TLS(t)), roots, nil); err == nil {
		t.Error("a certificate of another authority is taken")
	}
}

func TestThePublicAuthoritiesAreThoseThatThePageLoads(t *testing.T) {
	ca, other := testca.New(t), testca.New(t)
	options := object{"bridge": named(t, ca, &tls.Config{}), "tls": object{"serverName": "broker-0.test"}}
	connectWith := func(roots any, err error) (context.Context, *porttest.Call) {
		ctx, page := start(t, func(_ context.Context, _ uint32, callback string, _ any) (any, error) {
			if callback != "tls.roots" {
				t.Errorf("%s was asked", callback)
			}
			return roots, err
		})
		return ctx, page.Start(nil, "connect", options, nil, 1)
	}
	ctx, call := connectWith(ca.PEM, nil)
	call.Item(ctx)
	for name, test := range map[string]struct {
		roots any
		err   error
		code  string
	}{
		"another authority": {other.PEM, nil, "ERR_CANNOT_BIND"},
		"not loaded":        {nil, errors.New("404"), codeNotLoaded},
		"no certificates":   {"<html>", nil, codeNotLoaded},
	} {
		ctx, call := connectWith(test.roots, test.err)
		_, err := call.Result(ctx)
		if e := failure(t, err); e.Code != test.code || (test.err != nil) != (e.Question != 0) {
			t.Errorf("%s: %s: %s", name, e.Code, e.Message)
		}
	}
}

// TestABrokerThatIsSilentInTLSIsNoBridgeThatCannotBeReached holds for a broker that is stopped, say.
func TestABrokerThatIsSilentInTLSIsNoBridgeThatCannotBeReached(t *testing.T) {
	silent := testnet.Serve(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	d := &kafkaio.Dialer{
		NetDial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, silent)
		},
		Timeout: 100 * time.Millisecond,
		Secure:  secureWith(&tls.Config{RootCAs: testca.New(t).Pool()}, ""),
	}
	_, err := d.DialContext(t.Context(), "tcp", "kafka.test:9093")
	if e := describe(err); e.Code != codeTimeout || !e.Retriable || !strings.Contains(e.Message, "port for TLS") {
		t.Errorf("%s: %s; retriable: %v", e.Code, e.Message, e.Retriable)
	}
}

func TestAClientCertificateIsShown(t *testing.T) {
	ca := testca.New(t)
	url := named(t, ca, &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.Pool()})
	mine := ca.Issue(t, "me")
	connectTo(t, object{"bridge": url, "tls": object{"ca": ca.PEM, "cert": mine.Chain, "key": mine.Key}})
	ctx, page := start(t, nil)
	_, err := page.Start(nil, "connect", object{"bridge": url, "tls": object{"ca": ca.PEM}}, nil, 1).Result(ctx)
	if e := failure(t, err); !strings.Contains(e.Message, "tls.cert") {
		t.Errorf("%s: %s", e.Code, e.Message)
	}
}
