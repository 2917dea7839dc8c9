package brokertls_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestMain(m *testing.M) { leak.Main(m) }

const patience = 20 * time.Second

// listen serves each connection with serve, until the test ends, but none for ever.
func listen(t *testing.T, serve func(net.Conn)) (addr string) {
	t.Helper()
	return testnet.Serve(t, func(c net.Conn) {
		c.SetDeadline(time.Now().Add(patience))
		serve(c)
	})
}

// echoTLS is a broker with a TLS listener, that sends back what it gets.
func echoTLS(t *testing.T, cfg *tls.Config) (addr string) {
	t.Helper()
	return listen(t, func(c net.Conn) {
		secured := tls.Server(c, cfg)
		io.Copy(secured, secured)
	})
}

func dial(t *testing.T, cfg *tls.Config, addr string) (*kafkaio.Conn, error) {
	t.Helper()
	d := &kafkaio.Dialer{Timeout: patience, Secure: brokertls.New(cfg)}
	c, err := d.Dial(t.Context(), addr)
	if err == nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, err
}

// exchange sends and receives over c, and returns what went wrong.
func exchange(t *testing.T, c *kafkaio.Conn) error {
	t.Helper()
	if _, err := c.Send(t.Context(), []byte("hello")); err != nil {
		return err
	}
	got, err := c.Receive(t.Context(), 5)
	if err == nil && string(got) != "hello" {
		t.Errorf("received %q", got)
	}
	return err
}

func wantExchange(t *testing.T, c *kafkaio.Conn, err error) {
	t.Helper()
	if err == nil {
		err = exchange(t, c)
	}
	if err != nil {
		t.Error(err)
	}
}

func TestServerNameIsTheHostUnlessSet(t *testing.T) {
	ca := testca.New(t)
	for _, test := range []struct {
		name, issuedTo, serverName string
	}{
		{"Host", "127.0.0.1", ""},
		{"Set", "broker.example", "broker.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			addr := echoTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, test.issuedTo).TLS(t)}})
			c, err := dial(t, &tls.Config{RootCAs: ca.Pool(), ServerName: test.serverName}, addr)
			wantExchange(t, c, err)
		})
	}
}

func TestConfigIsCopied(t *testing.T) {
	ca := testca.New(t)
	addr := echoTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "127.0.0.1").TLS(t)}})
	cfg := &tls.Config{RootCAs: ca.Pool()}
	d := &kafkaio.Dialer{Timeout: patience, Secure: brokertls.New(cfg)}
	if cfg.MinVersion != 0 {
		t.Error("the caller's Config was changed")
	}
	cfg.RootCAs = nil
	for range 2 {
		c, err := d.Dial(t.Context(), addr)
		if err != nil {
			t.Fatal(err)
		}
		wantExchange(t, c, err)
		c.Close()
	}
	if cfg.ServerName != "" {
		t.Error("the caller's Config was changed")
	}
}

func TestClientCertificate(t *testing.T) {
	ca, other := testca.New(t), testca.New(t)
	server := &tls.Config{
		Certificates: []tls.Certificate{ca.Issue(t, "127.0.0.1").TLS(t)},
		ClientCAs:    ca.Pool(),
		ClientAuth:   tls.RequireAndVerifyClientCert,
	}
	strict := server.Clone() // takes any authority's, and then has something against it
	strict.ClientCAs, strict.ClientAuth = nil, tls.RequireAnyClientCert
	strict.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return errors.New("revoked") }
	optional := server.Clone()
	optional.ClientAuth = tls.RequestClientCert
	mine, foreign := ca.Issue(t, "client").TLS(t), other.Issue(t, "stranger").TLS(t)
	for _, test := range []struct {
		name   string
		server *tls.Config
		client *tls.Config
		want   string // in the error; empty: none
	}{
		{"Given", server, &tls.Config{Certificates: []tls.Certificate{mine}}, ""},
		{"TheSuitableOneOfSeveral", server, &tls.Config{Certificates: []tls.Certificate{foreign, mine}}, ""},
		{"GivenByCallback", server, &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &mine, nil
		}}, ""},
		{"NotRequired", optional, &tls.Config{}, ""},
		{"None", server, &tls.Config{}, "wants a client certificate and was given none"},
		{"Unsuitable", server, &tls.Config{Certificates: []tls.Certificate{foreign}}, "would not take those in Certificates"},
		{"Refused", strict, &tls.Config{Certificates: []tls.Certificate{mine}}, "refused the client certificate"},
	} {
		for version, name := range map[uint16]string{tls.VersionTLS12: "TLS1.2", tls.VersionTLS13: "TLS1.3"} {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				server, client := test.server.Clone(), test.client.Clone()
				server.MaxVersion = version
				client.RootCAs = ca.Pool()
				c, err := dial(t, client, echoTLS(t, server))
				if err == nil {
					err = exchange(t, c)
				}
				switch {
				case test.want == "" && err != nil:
					t.Error(err)
				case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "remote error")):
					t.Errorf("got %v, want %q and what the broker said", err, test.want)
				}
			})
		}
	}
}

func TestFailuresAreExplained(t *testing.T) {
	ca, other := testca.New(t), testca.New(t)
	broker := echoTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "127.0.0.1").TLS(t)}})
	old := echoTLS(t, &tls.Config{
		Certificates: []tls.Certificate{ca.Issue(t, "127.0.0.1").TLS(t)},
		MinVersion:   tls.VersionTLS10,
		MaxVersion:   tls.VersionTLS11,
	})
	// A PLAINTEXT listener of Kafka closes when it has read the first four bytes. The kernel
	// resets the connection if it has not read the rest.
	plaintext := listen(t, func(c net.Conn) { io.CopyN(io.Discard, c, 4) })
	closing := listen(t, func(c net.Conn) { c.Read(make([]byte, 4096)) })
	answering := func(s string) string {
		return listen(t, func(c net.Conn) {
			c.Read(make([]byte, 4096))
			io.WriteString(c, s)
		})
	}
	for _, test := range []struct {
		name  string
		addr  string
		cfg   *tls.Config
		want  string
		cause func(error) bool
	}{
		{"UnknownAuthority", broker, &tls.Config{RootCAs: other.Pool()}, "not in RootCAs", is[x509.UnknownAuthorityError]},
		{"NoConfig", broker, nil, "not in RootCAs", is[x509.UnknownAuthorityError]},
		{"WrongName", broker, &tls.Config{RootCAs: ca.Pool(), ServerName: "broker.example"}, "for another name", is[x509.HostnameError]},
		{"TLS1.1", old, &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS10}, "protocol version", is[*net.OpError]},
		{"PlaintextThatResets", plaintext, nil, "plaintext", isErr(io.EOF, syscall.ECONNRESET)},
		{"PlaintextThatCloses", closing, nil, "plaintext", isErr(io.EOF)},
		{"PlaintextThatAnswers", answering("\x00\x00\x00\x10 what is this?"), nil, "plaintext", is[tls.RecordHeaderError]},
		{"PlaintextThatAnswersLittle", answering("no"), nil, "plaintext", isErr(io.ErrUnexpectedEOF)},
		{"HTTP", answering("HTTP/1.1 400 Bad Request\r\n\r\n"), nil, "not TLS", is[tls.RecordHeaderError]},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := dial(t, test.cfg, test.addr)
			if !errors.Is(err, kafkaio.ErrCannotBind) || !strings.Contains(err.Error(), test.want) || !test.cause(err) {
				t.Errorf("got %v, want %q and its cause underneath", err, test.want)
			}
		})
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isErr(any ...error) func(error) bool {
	return func(err error) bool {
		return slices.ContainsFunc(any, func(target error) bool { return errors.Is(err, target) })
	}
}

// The bridge chose the broker: there is no host.
func TestWithoutHost(t *testing.T) {
	ca := testca.New(t)
	addr := echoTLS(t, &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "broker.example").TLS(t)}})
	for _, test := range []struct {
		name string
		cfg  *tls.Config
		want string
	}{
		{"NoName", &tls.Config{RootCAs: ca.Pool()}, "set ServerName"},
		{"ServerName", &tls.Config{RootCAs: ca.Pool(), ServerName: "broker.example"}, ""},
		{"Unverified", &tls.Config{InsecureSkipVerify: true}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = brokertls.New(test.cfg)(t.Context(), c, "")
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestHandshakeIsCancelled(t *testing.T) {
	begun := make(chan struct{})
	addr := listen(t, func(c net.Conn) {
		c.Read(make([]byte, 1))
		close(begun)
		io.Copy(io.Discard, c) // until the client goes
	})
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("changed my mind")
	go func() {
		<-begun
		cancel(why)
	}()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := brokertls.New(&tls.Config{})(ctx, c, "127.0.0.1"); !errors.Is(err, why) {
		t.Errorf("got %v, want %v", err, why)
	}
}
