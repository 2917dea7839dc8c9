// Package examples runs the programs below it, with Apache Kafka.
package examples

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// patience bounds what takes a few seconds on an idle machine.
const patience = 5 * time.Minute

// binaryDir is removed when all tests have run.
var binaryDir string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if binaryDir, err = os.MkdirTemp("", "kafkaio-examples-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(binaryDir)
		return kafkatest.Main(m)
	}())
}

// build compiles all programs, once. Without what debuggers need, linking takes two thirds of the time.
var build = sync.OnceValue(func() error {
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", binaryDir, "./...").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
})

// command returns the command that runs a program, which ends with the test at the latest.
func command(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, filepath.Join(binaryDir, program), args...)
}

// run runs a program to its end, which must be a good one, and returns what it printed.
func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	return output(t, command(t, program, args...))
}

func output(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", c, err, out, &stderr)
	}
	return string(out)
}

func wantOutput(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, line := range want {
		if !strings.Contains(got, line) {
			t.Errorf("it printed\n%swhich lacks %q", got, line)
		}
	}
}

// newTopic creates a topic for a test, and returns its name.
func newTopic(t *testing.T, broker string, partitions int32) string {
	t.Helper()
	client := newClient(t, kgo.SeedBrokers(broker))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	return kafkatopic.Create(ctx, t, client, "example", partitions, nil)
}

func newClient(t *testing.T, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// TestClients runs other people's clients over our dialer, natively and through a bridge.
func TestClients(t *testing.T) {
	for program, want := range map[string][]string{
		"franzgo": {"offset 0: hello", "offset 1: bonjour", "offset 2: salam"},
		"sarama":  {"offset 0: hello"},
		"kafkago": {"offset 0: hello", "offset 1: bonjour"},
	} {
		t.Run(program, func(t *testing.T) {
			t.Run("Native", func(t *testing.T) {
				broker := kafkatest.Shared(t).Bootstrap()[0]
				wantOutput(t, run(t, program, "-broker", broker, "-topic", newTopic(t, broker, 1)), want...)
			})
			t.Run("SeveralPartitionsAndBrokers", func(t *testing.T) {
				brokers := kafkatest.Shared(t).Bootstrap()
				got := run(t, program, "-broker", testnet.ClosedPort(t)+","+strings.Join(brokers, ","), "-topic", newTopic(t, brokers[0], 3))
				for _, line := range want {
					_, greeting, _ := strings.Cut(line, ": ")
					wantOutput(t, got, ": "+greeting+"\n")
				}
			})
			t.Run("Bridge", func(t *testing.T) {
				brokers := kafkatest.Shared(t).Bootstrap()
				broker := brokers[0]
				url, dials := serveBridge(t, brokers)
				wantOutput(t, run(t, program, "-broker", broker, "-topic", newTopic(t, broker, 1), "-bridge", url), want...)
				if dials.Load() == 0 {
					t.Error("nothing went through the bridge")
				}
			})
		})
	}
}

// serveBridge serves a bridge until the test ends. It counts the connections that the bridge makes.
func serveBridge(t *testing.T, brokers []string) (url string, dials *atomic.Int64) {
	t.Helper()
	dials = new(atomic.Int64)
	b := bridgetest.New(t, bridge.Config{
		Brokers: brokers,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials.Add(1)
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	})
	return bridgetest.Serve(t, b) + "/kafka", dials
}

func TestFrames(t *testing.T) {
	broker := kafkatest.Shared(t).Bootstrap()[0]
	for _, list := range []string{broker, broker + "," + testnet.ClosedPort(t)} {
		wantOutput(t, run(t, "frames", "-broker", list), broker+" answered", "API key 18, versions 0 to")
	}
}

// TestClusterThatCannotBeReachedIsToldSoon holds that nobody waits a minute for a wrong address.
func TestClusterThatCannotBeReachedIsToldSoon(t *testing.T) {
	const soon = 20 * time.Second // 5 s, on an idle machine
	silent := testnet.Serve(t, testnet.Discard)
	for _, program := range []string{"franzgo", "sarama", "kafkago", "producer", "frames", "plugin", "wasi"} {
		for _, addr := range []string{silent, testnet.ClosedPort(t)} {
			t.Run(program+"/"+addr, func(t *testing.T) {
				t.Parallel()
				c := command(t, program, "-broker", addr)
				c.Stdin = strings.NewReader("hello\n")
				started := time.Now()
				out, err := c.CombinedOutput()
				if c.ProcessState == nil || c.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), addr) {
					t.Errorf("%v: %s", err, out)
				}
				if took := time.Since(started); took > soon {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

// TestProducerAndConsumerGroup has the group go on where it was.
func TestProducerAndConsumerGroup(t *testing.T) {
	broker := kafkatest.Shared(t).Bootstrap()[0]
	topic := newTopic(t, broker, 3)
	for _, lines := range []string{"one\ntwo\nthree\n", "four\nfive\n"} {
		producer := command(t, "producer", "-broker", broker, "-topic", topic)
		producer.Stdin = strings.NewReader(lines)
		produced := output(t, producer)
		wantOutput(t, produced, strings.Fields(lines)...)

		consumer := command(t, "consumergroup", "-broker", broker, "-topic", topic, "-group", topic)
		stderr := new(bytes.Buffer)
		consumer.Stderr = stderr
		stdout, err := consumer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := consumer.Start(); err != nil {
			t.Fatal(err)
		}
		printed := bufio.NewScanner(stdout)
		for n := strings.Count(lines, "\n"); n > 0 && printed.Scan(); n-- {
			if !strings.Contains(produced, printed.Text()+"\n") {
				t.Errorf("consumed %q, produced was\n%s", printed.Text(), produced)
			}
		}
		consumer.Process.Signal(os.Interrupt)
		if printed.Scan() {
			t.Errorf("it printed too much: %s", printed.Text())
		}
		if err := consumer.Wait(); err != nil {
			t.Errorf("%v\n%s", err, stderr)
		}
	}
}

// TestProducerTellsOfALineThatItCannotRead holds that what is not stored is no success.
func TestProducerTellsOfALineThatItCannotRead(t *testing.T) {
	broker := kafkatest.Shared(t).Bootstrap()[0]
	producer := command(t, "producer", "-broker", broker, "-topic", newTopic(t, broker, 1))
	producer.Stdin = strings.NewReader("one\n" + strings.Repeat("x", bufio.MaxScanTokenSize) + "\nthree\n")
	out, err := producer.CombinedOutput()
	if err == nil {
		t.Error("it ended well")
	}
	wantOutput(t, string(out), "offset 0: one", bufio.ErrTooLong.Error())
}

func TestTLS(t *testing.T) {
	authority := testca.New(t)
	client := authority.Issue(t, "client")
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1, Protocols: []string{"SSL"}, Properties: kafkatest.TLSProperties(t, authority)})
	addr := cluster.BootstrapOf("SSL")[0]
	wantOutput(t, run(t, "tls", "-broker", addr,
		"-ca", file(t, authority.PEM), "-cert", file(t, client.Chain), "-key", file(t, client.Key),
	), "broker 0 is at "+addr)
}

// file returns the name of a file with that content.
func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	writeFile(t, name, content)
	return name
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAnArgumentThatIsNoFlagIsRefused(t *testing.T) {
	for _, program := range []string{"browser", "consumergroup", "frames", "franzgo", "kafkago", "login", "plugin", "producer", "sarama", "tls", "wasi"} {
		out, err := command(t, program, "kafka:9092").CombinedOutput()
		if err == nil {
			t.Errorf("%s takes an argument", program)
		}
		wantOutput(t, string(out), `"kafka:9092" is not a flag: name the broker with -broker`)
	}
}

func TestWASI(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	for id, addr := range brokers {
		wantOutput(t, run(t, "wasi", "-broker", strings.Join(brokers, ",")), fmt.Sprintf("broker %d is at %s\n", id, addr))
	}
}
