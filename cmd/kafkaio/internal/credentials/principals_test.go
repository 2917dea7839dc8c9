package credentials

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// shown is what a broker is shown first of an identity, or the refusal.
func shown(t *testing.T, of SASLFunc, who bridge.Identity) string {
	t.Helper()
	m, err := of(t.Context(), who)
	if err != nil {
		if _, ok := errors.AsType[bridge.Refusal](err); !ok {
			t.Errorf("%v: no client gets this: %v", who.Name, err)
		}
		return err.Error()
	}
	_, first, err := m.Authenticate(t.Context(), "kafka")
	if err != nil {
		t.Fatal(err)
	}
	return string(first)
}

// TestIdentitiesFollowTheirFile has the file change between authentications.
func TestIdentitiesFollowTheirFile(t *testing.T) {
	const (
		both   = "alice: {user: al, password: sesame-1}\nbob: {user: bob, password: sesame-2}\n"
		change = "alice: {user: al, password: sesame-3}\n"
	)
	name := secretFile(t, both)
	var log strings.Builder
	of, err := SASL(&config.SASL{Mechanism: config.Plain, IdentitiesFile: name}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	const noBob = "the bridge has no credentials of bob for this cluster: its operator adds the identity to identities_file"
	for _, step := range []struct {
		text             string // - has the file removed
		alice, bob, says string
	}{
		{both, "\x00al\x00sesame-1", "\x00bob\x00sesame-2", ""},
		{change, "\x00al\x00sesame-3", noBob, "identities reloaded"},
		{"alice: {user: al, password: 1}", "\x00al\x00sesame-3", noBob, ":1:29: a text of one line was expected"},
		{"-", "\x00al\x00sesame-3", noBob, "the new identities can't be used; the old ones stay"},
		{both, "\x00al\x00sesame-1", "\x00bob\x00sesame-2", "identities reloaded"},
	} {
		log.Reset()
		if err := os.WriteFile(name, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if step.text == "-" {
			os.Remove(name)
		}
		for range 3 {
			if alice, bob := shown(t, of, bridge.Identity{Name: "alice"}), shown(t, of, bridge.Identity{Name: "bob"}); alice != step.alice || bob != step.bob {
				t.Errorf("with %q: %q, %q", step.text, alice, bob)
			}
		}
		if !strings.Contains(log.String(), step.says) || strings.Contains(log.String(), "sesame") || strings.Count(log.String(), "\n") > 1 {
			t.Errorf("with %q the log is\n%s", step.text, log.String())
		}
	}
	if got := shown(t, of, bridge.Identity{}); !strings.Contains(got, "of a client without an identity") {
		t.Errorf("nobody: %q", got)
	}
}

func TestIdentitiesMustBeThereAtTheStart(t *testing.T) {
	for _, name := range []string{"missing.yaml", secretFile(t, "alice: sesame")} {
		_, err := SASL(&config.SASL{Mechanism: config.Plain, IdentitiesFile: name}, slog.New(slog.DiscardHandler))
		if err == nil || !strings.HasPrefix(err.Error(), "sasl.identities_file: ") || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIdentitiesHaveEachMechanism(t *testing.T) {
	for mechanism, want := range map[string]string{config.Plain: "PLAIN", config.ScramSHA256: "SCRAM-SHA-256", config.ScramSHA512: "SCRAM-SHA-512"} {
		of := mustSASL(t, &config.SASL{Mechanism: mechanism, IdentitiesFile: secretFile(t, "alice: {user: al, password: sesame}")})
		if m, err := of(t.Context(), bridge.Identity{Name: "alice"}); err != nil || m.Name() != want {
			t.Errorf("%s: %v, %v", mechanism, m, err)
		}
	}
}

func TestTheClientsTokenIsPassedOn(t *testing.T) {
	of := mustSASL(t, &config.SASL{Mechanism: config.OAuthBearer, Token: config.FromClient})
	if got := shown(t, of, bridge.Identity{Name: "alice", Token: "a.b.c"}); !strings.Contains(got, "auth=Bearer a.b.c\x01") {
		t.Errorf("%q", got)
	}
	if got := shown(t, of, bridge.Identity{Name: "alice"}); !strings.Contains(got, "show the bridge a signed one (JWT)") {
		t.Errorf("%q", got)
	}
}
