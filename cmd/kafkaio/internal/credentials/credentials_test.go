package credentials

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/test/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

func secretFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func mustSASL(t *testing.T, s *config.SASL) SASLFunc {
	t.Helper()
	of, err := SASL(s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return of
}

func TestAPasswordCanBeReplaced(t *testing.T) {
	for mechanism, name := range map[string]string{config.Plain: "PLAIN", config.ScramSHA256: "SCRAM-SHA-256", config.ScramSHA512: "SCRAM-SHA-512"} {
		s := config.SASL{Mechanism: mechanism, User: "alice", PasswordFile: secretFile(t, "first\n")}
		of := mustSASL(t, &s)
		m, err := of(t.Context(), bridge.Identity{Name: "bob"})
		if err != nil || m.Name() != name {
			t.Fatalf("%s: %v", mechanism, err)
		}
		if err := os.WriteFile(s.PasswordFile, []byte("second"), 0o600); err != nil {
			t.Fatal(err)
		}
		if m, err = of(t.Context(), bridge.Identity{}); err != nil {
			t.Fatal(err)
		}
		_, first, err := m.Authenticate(t.Context(), "kafka")
		if err != nil || mechanism == config.Plain && string(first) != "\x00alice\x00second" {
			t.Errorf("%s: %q, %v", mechanism, first, err)
		}
		os.Remove(s.PasswordFile)
		if _, err := of(t.Context(), bridge.Identity{}); err == nil {
			t.Errorf("%s: a missing file isn't said", mechanism)
		}
	}
}

func TestTokensAreFetchedOnceInTheirLife(t *testing.T) {
	fetches, answer := 0, `{"access_token": "sesame", "expires_in": 3600}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetches++
		user, password, _ := r.BasicAuth()
		if r.Method != "POST" || user != "bridge" || password != "open%3A" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "kafka" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Write([]byte(answer))
	}))
	defer server.Close()
	s := config.SASL{Mechanism: config.OAuthBearer, TokenURL: server.URL, ClientID: "bridge", SecretFile: secretFile(t, "open:"), Scope: "kafka"}
	of := mustSASL(t, &s)
	for range 3 {
		m, err := of(t.Context(), bridge.Identity{})
		if err != nil {
			t.Fatal(err)
		}
		if _, first, err := m.Authenticate(t.Context(), "kafka"); err != nil || !strings.Contains(string(first), "Bearer sesame") {
			t.Errorf("%q, %v", first, err)
		}
	}
	if fetches != 1 {
		t.Errorf("%d fetches", fetches)
	}
	for broken, want := range map[string]string{`{}`: "no access_token", `sesame`: "no access_token"} {
		answer = broken
		m, _ := mustSASL(t, &s)(t.Context(), bridge.Identity{})
		if _, _, err := m.Authenticate(t.Context(), "kafka"); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", broken, err)
		}
	}
	s.Scope = "other"
	m, _ := mustSASL(t, &s)(t.Context(), bridge.Identity{})
	if _, _, err := m.Authenticate(t.Context(), "kafka"); err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "open:") {
		t.Errorf("%v", err)
	}
	http.DefaultClient.CloseIdleConnections()
}
