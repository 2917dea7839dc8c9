package main

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spf13/pflag"
)

func TestAReloadTakesOverTokensAndPolicies(t *testing.T) {
	text := oneCluster(broker(t))
	name := bridgeFile(t, text)
	flags := &bridgeFlags{file: name}
	flags.set = pflag.NewFlagSet("", pflag.ContinueOnError)
	source, err := flags.load(os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	s, err := newBridgeServer(t.Context(), source.File, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	may := func(token string) bool {
		_, err := s.authorize(t.Context(), httptest.NewRequest("GET", "/kafka", nil), token)
		return err == nil
	}
	for _, step := range []struct {
		name, text, says string
		ci, fresh        bool
	}{
		{"a new token", strings.Replace(text, tokenHash("token of ci"), tokenHash("fresh"), 1), "configuration reloaded", false, true},
		{"a mistake", "listn: a", "did you mean listen?", false, true},
		{"back, and what needs a restart", strings.Replace(text, "page: true", "page: false", 1), "the rest of the configuration was reloaded", true, false},
		{"policies", text + readers, "keys=\"policies, which were added", true, false},
		{"no auth", regexp.MustCompile(`(?s)auth:.*?clusters:`).ReplaceAllString(text, "clusters:"), "auth, which was added or removed", true, false},
	} {
		logged.Reset()
		writeFile(t, name, step.text)
		s.reload(t.Context(), flags)
		if may("token of ci") != step.ci || may("fresh") != step.fresh {
			t.Errorf("%s: ci %v, fresh %v", step.name, may("token of ci"), may("fresh"))
		}
		mustSay(t, logged.String(), step.says)
	}
}

func TestTheFileIsWatched(t *testing.T) {
	text := oneCluster("kafka:9092")
	name := bridgeFile(t, text)
	synctest.Test(t, func(t *testing.T) {
		flags := &bridgeFlags{file: name}
		flags.set = pflag.NewFlagSet("", pflag.ContinueOnError)
		source, err := flags.load(os.Environ())
		if err != nil {
			t.Fatal(err)
		}
		s, err := newBridgeServer(t.Context(), source.File, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { s.close() }()
		hangups := make(chan os.Signal)
		go s.watch(t.Context(), flags, hangups, time.Minute)
		synctest.Wait()
		first := s.state.Load()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if s.state.Load() != first {
			t.Error("the same file is loaded again")
		}
		writeFile(t, name, text+"# changed\n")
		time.Sleep(time.Minute)
		synctest.Wait()
		second := s.state.Load()
		if second == first {
			t.Error("a change isn't loaded")
		}
		hangups <- syscall.SIGHUP
		synctest.Wait()
		if s.state.Load() == second {
			t.Error("SIGHUP loads nothing")
		}
	})
}
