package ping_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func serverTLS(certificates ...tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: certificates}
}

func trusting(ca *testca.Authority) *tls.Config { return &tls.Config{RootCAs: ca.Pool()} }

// plaintext is a broker that hangs up on TLS, as Apache Kafka does.
func plaintext(t *testing.T) (addr string) {
	broker := cluster(t, 1).ListenAddrs()[0]
	return testnet.Serve(t, func(client net.Conn) {
		request := make([]byte, 4<<10)
		n, err := client.Read(request)
		if err != nil || request[0] == 0x16 {
			return
		}
		server, err := net.Dial("tcp", broker)
		if err != nil {
			return
		}
		defer server.Close()
		server.Write(request[:n])
		go func() {
			io.Copy(server, client)
			server.Close()
		}()
		io.Copy(client, server)
	})
}

// secured is a broker with TLS.
func secured(t *testing.T, certificate tls.Certificate) (addr string) {
	return cluster(t, 1, kfake.TLS(serverTLS(certificate))).ListenAddrs()[0]
}

// wantingCertificates is a broker that wants certificates of an authority, which issued its own.
func wantingCertificates(t *testing.T) (addr string, ca *testca.Authority) {
	ca = testca.New(t)
	config := serverTLS(ca.Issue(t, "127.0.0.1").TLS(t))
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, ca.Pool()
	return cluster(t, 1, kfake.TLS(config)).ListenAddrs()[0], ca
}

// selfSigned is a certificate that nobody else vouches for.
func selfSigned(t *testing.T, until time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "kafka"},
		NotBefore:    until.Add(-24 * time.Hour),
		NotAfter:     until,
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// password is Alice's.
const password = "open sesame 42"

// authenticating is a broker that lets only Alice in. Like Apache Kafka it hangs up on who asks for
// anything else before.
func authenticating(t *testing.T) (addr string) {
	c := cluster(t, 1, kfake.EnableSASL(), kfake.User("PLAIN", "alice", password), kfake.User("SCRAM-SHA-256", "alice", password))
	return c.ListenAddrs()[0]
}

// refusing is a broker that lets nobody in.
func refusing(t *testing.T) (addr string) {
	c := cluster(t, 1, kfake.EnableSASL())
	answer(c, kmsg.SASLAuthenticate, func(request kmsg.Request) (kmsg.Response, error) {
		response := request.ResponseKind().(*kmsg.SASLAuthenticateResponse)
		response.ErrorCode = 58 // SASL_AUTHENTICATION_FAILED
		response.ErrorMessage = kmsg.StringPtr("Authentication failed: \x1b[31mInvalid username or password")
		return response, nil
	})
	return c.ListenAddrs()[0]
}

// controller returns the address of a KRaft controller that lists these APIs, and others that only
// controllers have. It hangs up when it is asked for Metadata.
func controller(t *testing.T, keys ...kmsg.Key) (addr string) {
	t.Helper()
	return listing(t, append(keys, kmsg.Vote, kmsg.BrokerRegistration)...)
}

// listing returns the address of what speaks Kafka's protocol and lists these APIs. It hangs up when it
// is asked for Metadata, and offers a mechanism when it is asked for SASL.
func listing(t *testing.T, keys ...kmsg.Key) (addr string) {
	t.Helper()
	c := cluster(t, 1)
	answer(c, kmsg.ApiVersions, func(request kmsg.Request) (kmsg.Response, error) {
		response := request.ResponseKind().(*kmsg.ApiVersionsResponse)
		for _, key := range append(keys, kmsg.ApiVersions) {
			response.ApiKeys = append(response.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: key.Int16(), MaxVersion: 1})
		}
		return response, nil
	})
	answer(c, kmsg.Metadata, func(kmsg.Request) (kmsg.Response, error) { return nil, errors.New("no") })
	answer(c, kmsg.SASLHandshake, func(request kmsg.Request) (kmsg.Response, error) {
		response := request.ResponseKind().(*kmsg.SASLHandshakeResponse)
		response.ErrorCode = 33 // UNSUPPORTED_SASL_MECHANISM
		response.SupportedMechanisms = []string{"PLAIN"}
		return response, nil
	})
	return c.ListenAddrs()[0]
}

// serveBridge returns the URL of a bridge.
func serveBridge(t *testing.T, c bridge.Config) string {
	t.Helper()
	return bridgetest.Serve(t, bridgetest.New(t, c)) + "/kafka"
}

const bridgeToken = "correct-horse-battery-staple"

func authorize(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
	if token != bridgeToken {
		return bridge.Identity{}, errors.New("not the token of this bridge")
	}
	return bridge.Identity{}, nil
}

func token(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}
