package examples

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// TestPlugin has records come all the time, while something that is no plugin and then another build are written to the
// plugin's file. The topics have one partition, so that the copies have the order of the records.
func TestPlugin(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	from, to := newTopic(t, brokers[0], 1), newTopic(t, brokers[0], 1)
	upper, lower := buildPlugin(t, "bytes.ToUpper"), buildPlugin(t, "bytes.ToLower")
	name := file(t, string(upper))

	program := pluginCommand(t, brokers, from, to, name)
	refused := &sight{of: "the build before this one runs on: ", seen: make(chan struct{})}
	program.Stderr = refused
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		program.Process.Kill()
		program.Wait()
		if t.Failed() {
			t.Log(refused)
		}
	})

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	stop := produceUntilStopped(ctx, t, brokers, from)
	c := newCopies(t, brokers, to)
	c.readTo(ctx, t, "RECORD ")
	writeFile(t, name, "no plugin")
	select {
	case <-refused.seen:
	case <-ctx.Done():
		t.Fatal("it said nothing of a file that is no plugin")
	}
	c.readTo(ctx, t, "RECORD ")
	writeFile(t, name, string(lower))
	c.readTo(ctx, t, "record ")
	for n := stop(); c.n < n; {
		if value := c.next(ctx, t); !strings.HasPrefix(value, "record ") {
			t.Errorf("%q is by the first build", value)
		}
	}
	program.Process.Signal(os.Interrupt)
	if err := program.Wait(); err != nil {
		t.Error(err)
	}
}

// TestPluginThatFails holds that a record isn't lost that the plugin fails on.
func TestPluginThatFails(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	from, to := newTopic(t, brokers[0], 1), newTopic(t, brokers[0], 1)
	name := file(t, string(buildPlugin(t, "func(b []byte) []byte { return bytes.Repeat(b, -1) }"))) // which panics
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	client := newClient(t, kgo.SeedBrokers(brokers...), kgo.DefaultProduceTopic(from))
	if err := client.ProduceSync(ctx, numbered(0), numbered(1), numbered(2)).FirstErr(); err != nil {
		t.Fatal(err)
	}
	out, err := pluginCommand(t, brokers, from, to, name).CombinedOutput()
	if err == nil {
		t.Error("it ended well")
	}
	wantOutput(t, string(out), "negative Repeat count", "partition 0, offset 0: ", "transform: wasm error: unreachable")

	writeFile(t, name, string(buildPlugin(t, "bytes.ToUpper")))
	program := pluginCommand(t, brokers, from, to, name)
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	defer program.Wait()
	defer program.Process.Kill()
	for c := newCopies(t, brokers, to); c.n < 3; {
		c.next(ctx, t)
	}
}

func pluginCommand(t *testing.T, brokers []string, from, to, file string) *exec.Cmd {
	t.Helper()
	return command(t, "plugin", "-broker", strings.Join(brokers, ","), "-from", from, "-to", to, "-plugin", file)
}

// buildPlugin compiles the plugin with another function in the place of bytes.ToUpper.
func buildPlugin(t *testing.T, function string) []byte {
	t.Helper()
	source, err := os.ReadFile("plugin/upper/main.go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "main.go"), strings.Replace(string(source), "bytes.ToUpper", function, 1))
	wasm, err := wasmbuild.Program(t.Context(), "wasip1", dir, "-buildmode=c-shared", "main.go")
	if err != nil {
		t.Fatal(err)
	}
	return wasm
}
