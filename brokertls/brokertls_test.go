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

// listen serves each connection with serve until the test ends, with a deadline for each.
func listen(t *testing.T, serve func(net.Conn)) (addr string) {
	t.Helper()
	return testnet.Serve(t, func(c net.Conn) {
		c.SetDeadline(time.Now().Add(patience))
		serve(c)
	})
}

// echoTLS returns the address of a TLS listener that sends back the bytes it gets.
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

// exchange sends and receives over c, and returns the first error.
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
	const accepted = brokertls.ClientCertificate(-1)
	for _, test := range []struct {
		name   string
		server *tls.Config
		client *tls.Config
		answer brokertls.ClientCertificate // in the error; accepted: there is none
		want   string                      // in the error's text
	}{
		{"Given", server, &tls.Config{Certificates: []tls.Certificate{mine}}, accepted, ""},
		{"TheSuitableOneOfSeveral", server, &tls.Config{Certificates: []tls.Certificate{foreign, mine}}, accepted, ""},
		{"GivenByCallback", server, &tls.Config{GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			return &mine, nil
		}}, accepted, ""},
		{"NotRequired", optional, &tls.Config{}, accepted, ""},
		{"None", server, &tls.Config{}, brokertls.ClientCertificateNotGiven, "wants a client certificate and was given none"},
		{"Unsuitable", server, &tls.Config{Certificates: []tls.Certificate{foreign}}, brokertls.ClientCertificateUnsuitable, "accepts none of those in Certificates"},
		{"Refused", strict, &tls.Config{Certificates: []tls.Certificate{mine}}, brokertls.ClientCertificateGiven, "refused the client certificate"},
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
				if test.answer == accepted {
					if err != nil {
						t.Error(err)
					}
					return
				}
				if e, ok := errors.AsType[*brokertls.Error](err); !ok {
					t.Errorf("got %v, want a *brokertls.Error underneath", err)
				} else if e.Reason != brokertls.ClientAuth || e.ClientCertificate != test.answer {
					t.Errorf("reason %v, client certificate %v: want %v, %v", e.Reason, e.ClientCertificate, brokertls.ClientAuth, test.answer)
				} else if unsuitable := test.answer == brokertls.ClientCertificateUnsuitable; (e.Unsuitable != nil) != unsuitable {
					t.Errorf("Unsuitable is %v", e.Unsuitable)
				}
				if !brokertls.IsAlert(err) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "remote error") {
					t.Errorf("got %v, want %q and the broker's alert", err, test.want)
				}
			})
		}
	}
}

// Once a broker has sent something, its alerts are no verdict on the client's certificate.
func TestAlertAfterFirstByteIsNoVerdict(t *testing.T) {
	ca := testca.New(t)
	server := &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "127.0.0.1").TLS(t)}, ClientAuth: tls.RequestClientCert}
	addr := listen(t, func(c net.Conn) {
		secured := tls.Server(c, server)
		io.WriteString(secured, "hello")
		io.Copy(io.Discard, secured)
	})
	raw, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	c, err := brokertls.New(&tls.Config{RootCAs: ca.Pool()})(t.Context(), raw, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(c, make([]byte, len("hello"))); err != nil {
		t.Fatal(err)
	}
	raw.Write([]byte("\x17\x03\x03\x00\x20no ciphertext of this connection")) // the broker answers with an alert
	if _, err := c.Read(make([]byte, 1)); !brokertls.IsAlert(err) || is[*brokertls.Error](err) {
		t.Errorf("got %v, want an alert that is no *brokertls.Error", err)
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
	at := func(days int) func() time.Time {
		return func() time.Time { return time.Now().AddDate(0, 0, days) }
	}
	for _, test := range []struct {
		name   string
		addr   string
		cfg    *tls.Config
		reason brokertls.Reason
		want   string
		cause  func(error) bool
	}{
		{"UnknownAuthority", broker, &tls.Config{RootCAs: other.Pool()}, brokertls.UnknownAuthority, "not in RootCAs", is[x509.UnknownAuthorityError]},
		{"NoConfig", broker, nil, brokertls.UnknownAuthority, "not in RootCAs", is[x509.UnknownAuthorityError]},
		{"WrongName", broker, &tls.Config{RootCAs: ca.Pool(), ServerName: "broker.example"}, brokertls.WrongName, "for another name", is[x509.HostnameError]},
		{"Expired", broker, &tls.Config{RootCAs: ca.Pool(), Time: at(1000)}, brokertls.Expired, "expired", is[x509.CertificateInvalidError]},
		{"NotYetValid", broker, &tls.Config{RootCAs: ca.Pool(), Time: at(-1000)}, brokertls.NotYetValid, "not yet valid", is[x509.CertificateInvalidError]},
		{"TLS1.1", old, &tls.Config{RootCAs: ca.Pool(), MinVersion: tls.VersionTLS10}, brokertls.Other, "protocol version", is[*net.OpError]},
		{"PlaintextThatResets", plaintext, nil, brokertls.Closed, "plaintext", isErr(io.EOF, syscall.ECONNRESET)},
		{"PlaintextThatCloses", closing, nil, brokertls.Closed, "plaintext", isErr(io.EOF)},
		{"PlaintextThatAnswers", answering("\x00\x00\x00\x10 what is this?"), nil, brokertls.NotTLS, "plaintext", is[tls.RecordHeaderError]},
		{"PlaintextThatAnswersLittle", answering("no"), nil, brokertls.Closed, "plaintext", isErr(io.ErrUnexpectedEOF)},
		{"HTTP", answering("HTTP/1.1 400 Bad Request\r\n\r\n"), nil, brokertls.HTTPServer, "this is an HTTP server", is[tls.RecordHeaderError]},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := dial(t, test.cfg, test.addr)
			if !errors.Is(err, kafkaio.ErrCannotBind) || !strings.Contains(err.Error(), test.want) || !test.cause(err) {
				t.Errorf("got %v, want %q and its cause underneath", err, test.want)
			}
			e, ok := errors.AsType[*brokertls.Error](err)
			if !ok {
				t.Fatalf("got %v, want a *brokertls.Error underneath", err)
			}
			if e.Reason != test.reason || e.ClientCertificate != brokertls.ClientCertificateNotAsked {
				t.Errorf("reason %v, client certificate %v: want %v, %v", e.Reason, e.ClientCertificate, test.reason, brokertls.ClientCertificateNotAsked)
			}
			var certificate bool
			switch test.reason {
			case brokertls.UnknownAuthority, brokertls.WrongName, brokertls.Expired, brokertls.NotYetValid:
				certificate = true
			}
			if (e.Certificate != nil) != certificate || certificate && !slices.Contains(e.Certificate.IPAddresses[0], 127) {
				t.Errorf("Certificate is %v", e.Certificate)
			}
			if name := test.reason == brokertls.WrongName; name != (e.ServerName == "broker.example") || !name && e.ServerName != "" {
				t.Errorf("ServerName is %q", e.ServerName)
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
	if _, err := brokertls.New(&tls.Config{})(ctx, c, "127.0.0.1"); !errors.Is(err, why) || is[*brokertls.Error](err) {
		t.Errorf("got %v, want %v itself", err, why)
	}
}
