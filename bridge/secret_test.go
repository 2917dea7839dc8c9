package bridge_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
)

func TestSecretsAreNotShown(t *testing.T) {
	who := bridge.Identity{Name: "alice", Token: "sesame"}
	var shown strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%10.3s"} {
		fmt.Fprintf(&shown, verb+verb+verb+"\n", who, &who, who.Token)
	}
	slog.New(slog.NewTextHandler(&shown, nil)).Info("text", "who", who, "token", who.Token)
	slog.New(slog.NewJSONHandler(&shown, nil)).Info("json", "who", who, "token", who.Token)
	if err := json.NewEncoder(&shown).Encode(map[string]any{"who": who, "token": who.Token}); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"sesame", "736573616d65", "736573616D65", "115 101"} {
		if strings.Contains(shown.String(), secret) {
			t.Errorf("%s is in:\n%s", secret, shown.String())
		}
	}
	if !strings.Contains(shown.String(), "(hidden)") || fmt.Sprint(bridge.Secret("")) != "" {
		t.Errorf("a secret that is there isn't told from none:\n%s", shown.String())
	}
}
