package bridge_test

import (
	"crypto/tls"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// Neither end can write past TLS to the socket under it.
func TestBridgeBehindTLS(t *testing.T) {
	authority := testca.New(t)
	certificate := authority.Issue(t, "127.0.0.1")
	trusted := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(trusted, []byte(authority.PEM), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", trusted) // read once in a process: no other test here needs it
	broker := echo(t)
	b := bridgetest.New(t, bridge.Config{Brokers: []string{broker}})
	origin := bridgetest.Serve(t, b, func(s *httptest.Server) {
		s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate.TLS(t)}}
	})
	d := &kafkaio.Dialer{Bridge: origin + "/kafka"}
	c := dial(t, d, broker)
	for _, n := range []int{1, 125, 126, 5000, 300000} {
		go c.Write([]byte(strings.Repeat("s", n)))
		got := make([]byte, n)
		for read := 0; read < n; {
			m, err := c.Read(got[read:])
			if err != nil {
				t.Fatal(err)
			}
			read += m
		}
		if string(got) != strings.Repeat("s", n) {
			t.Fatalf("%d bytes came back as others", n)
		}
	}
}
