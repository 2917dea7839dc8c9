package examples

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// TestFranzgoInWASI runs the source of the native program as one for WASI.
func TestFranzgoInWASI(t *testing.T) { franzgoAsWasm(t, "wasip1") }

func TestFranzgoInBrowser(t *testing.T) {
	for _, b := range browser.All {
		t.Run(b.Name, func(t *testing.T) {
			requireBrowser(t, b)
			franzgoAsWasm(t, "js", "--browser="+strings.ToLower(b.Name))
		})
	}
}

// franzgoAsWasm runs franzgo by kafkaio exec, as its comment says.
func franzgoAsWasm(t *testing.T, goos string, flags ...string) {
	t.Helper()
	brokers := strings.Join(kafkatest.Shared(t).Bootstrap(), ",")
	topic := newTopic(t, kafkatest.Shared(t).Bootstrap()[0], 1)
	kafkaio, err := buildKafkaio()
	if err != nil {
		t.Fatal(err)
	}
	wasm, err := wasmbuild.Program(t.Context(), goos, "./franzgo")
	if err != nil {
		t.Fatal(err)
	}
	args := slices.Concat([]string{"exec", "--timeout=" + patience.String(), "--allow=" + brokers}, flags,
		[]string{file(t, string(wasm)), "-broker", brokers, "-topic", topic})
	c := exec.CommandContext(t.Context(), kafkaio, args...)
	c.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(binaryDir, "cache")) // of compiled programs
	wantOutput(t, output(t, c), "offset 0: hello", "offset 1: bonjour", "offset 2: salam")
}

// buildKafkaio compiles the command, once.
var buildKafkaio = sync.OnceValues(func() (name string, err error) {
	name = filepath.Join(binaryDir, "kafkaio")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", name, ".")
	build.Dir = "../cmd/kafkaio"
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return name, nil
})

func requireBrowser(t *testing.T, b browser.Browser) {
	t.Helper()
	require.Long(t, b.Name)
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
}
