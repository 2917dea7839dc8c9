package bridge_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// Neither end can write past TLS to the socket under it.
func TestBridgeBehindTLS(t *testing.T) {
	authority := testca.New(t)
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(trusted, []byte(authority.PEM), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", trusted) // read once in a process: no other test here needs it
	broker := echo(t)
	b, err := bridge.New(bridge.Config{Brokers: []string{broker}, Hosts: []string{"bridge.example"}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(b)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{authority.Issue(t, "127.0.0.1", "bridge.example").TLS(t)},
		ClientAuth:   tls.VerifyClientCertIfGiven, ClientCAs: authority.Pool(),
	}
	server.StartTLS()
	defer server.Close()
	atBridge := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	private := &tls.Config{RootCAs: authority.Pool(), Certificates: []tls.Certificate{authority.Issue(t, "client").TLS(t)}}
	for name, d := range map[string]*kafkaio.Dialer{
		"TheSystemsAuthorities": {Bridge: "wss" + strings.TrimPrefix(server.URL, "https") + "/kafka"},
		"BridgeSecure":          {Bridge: "wss://bridge.example/kafka", BridgeDial: atBridge, BridgeSecure: brokertls.New(private)},
	} {
		t.Run(name, func(t *testing.T) {
			mustEchoSizes(t, dial(t, d, broker))
		})
	}
	t.Run("BridgeSecureFails", func(t *testing.T) {
		d := &kafkaio.Dialer{
			Bridge: "wss://bridge.example/kafka", BridgeDial: atBridge,
			BridgeSecure: brokertls.New(&tls.Config{RootCAs: testca.New(t).Pool()}),
		}
		_, err := d.DialContext(t.Context(), "tcp", broker)
		if !errors.Is(err, kafkaio.ErrCannotBind) || !strings.Contains(err.Error(), "bridge wss://bridge.example/kafka") {
			t.Errorf("%v: an error that names the bridge was expected", err)
		}
	})
}

// mustEchoSizes sends bytes of many sizes and gets them back.
func mustEchoSizes(t *testing.T, c net.Conn) {
	t.Helper()
	for _, n := range []int{1, 125, 126, 5000, 300000} {
		want := strings.Repeat("s", n)
		go io.WriteString(c, want)
		got := make([]byte, n)
		if _, err := io.ReadFull(c, got); err != nil || string(got) != want {
			t.Fatalf("%d bytes came back as others: %v", n, err)
		}
	}
}
