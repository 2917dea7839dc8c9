package filter

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// java returns a command that runs a Java program of testdata with Kafka's jars.
func java(t testing.TB, program string) *exec.Cmd {
	t.Helper()
	jar := kafkatest.ClientsJar(t)
	if _, err := exec.LookPath("javac"); err != nil {
		require.Missing(t, "a JDK", "apt-get install default-jdk-headless")
	}
	// Compiling it well would take longer than it runs.
	return exec.Command("java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", filepath.Join(filepath.Dir(jar), "*"), filepath.Join("testdata", program))
}

// A kafkaParser is Kafka's own parser of requests, in a Java process.
type kafkaParser struct {
	in  io.Writer
	out *bufio.Reader
}

// A reading is what Kafka makes of a frame.
type reading struct {
	Unsupported bool           // this Kafka doesn't know the version
	Error       string         // why it can't be read
	ClientID    *string        `json:"clientId"`
	Left        int            // bytes after the request
	Same        bool           // Kafka would write it in the same bytes
	Refused     string         // why a broker would refuse it, although it can be read
	Request     map[string]any // by Kafka's names
}

func startKafkaParser(t testing.TB) *kafkaParser {
	t.Helper()
	require.Long(t, "Kafka's own parser, in Java")
	cmd := java(t, "ParsedRequests.java")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // ends it
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	p := &kafkaParser{in, bufio.NewReader(out)}
	// Java takes its time to start. A fuzzer takes an input for hung after 10 s.
	p.parse(t, framed(request(1, kmsg.NewPtrApiVersionsRequest())))
	return p
}

// parse parses a frame with its length.
func (p *kafkaParser) parse(t testing.TB, frame []byte) (r reading) {
	t.Helper()
	if _, err := p.in.Write(frame); err != nil {
		t.Fatal(err)
	}
	line, err := p.out.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &r); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return r
}
