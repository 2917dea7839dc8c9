package explorertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestTshark has tshark read a capture that the explorer has written.
func TestTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		require.Missing(t, "tshark", "apt-get install tshark")
	}
	capture := sampleCapture(t)

	// Each request's API key, version and correlation id; of a response what tshark reads of it.
	wantFields(t, capture, "kafka",
		[]string{"kafka.request_key", "kafka.request.version", "kafka.correlation_id", "frame.time_epoch", "kafka.len", "frame.comment"},
		"18|0|1|1700000000.000250000|12|",
		"||1|1700000000.002750000|16|",
		"36|2|4|1700000000.005250000|496|SaslAuthenticate v2 request: redacted (sasl): its 500 bytes are not shown",
		"||4|1700000000.006250000|96|SaslAuthenticate v2 response: redacted (sasl): its 100 bytes are not shown",
		"0|9|5|1700000000.006250000|200012|Produce v9 request: the first 65494 of its 200016 bytes are here",
		"0|9|6|1700000000.007250000|200012|",
		"18|0|7|1700000000.009250000|12|",
	)
	// The broker's side is port 9092, and has its real address as a name.
	wantFields(t, capture, "ip.dst_host contains \"kafka-1\"", []string{"tcp.dstport", "ip.dst_host"},
		"9092|kafka-1.example:9093", "9092|kafka-1.example:9093", "9092|kafka-1.example:9093", "9092|kafka-1.example:9093")
	// Checksums are good (1), but for those of packets that are cut, which nobody can check; TCP has nothing to remark.
	wantFields(t, capture, "tcp.checksum.status != 1", []string{"frame.number", "tcp.checksum.status"}, "6|2", "7|2", "11|2", "12|2", "13|2", "14|2")
	wantFields(t, capture, "ip.checksum.status != 1 || tcp.analysis.flags", []string{"frame.number"})
}

// sampleCapture writes web/test/explorer/capture/sample.ts's capture to a file.
func sampleCapture(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		require.Missing(t, "Node", "https://nodejs.org/en/download, 20.19 or later")
	}
	if _, err := os.Stat(web + "/node_modules/esbuild"); err != nil {
		require.Missing(t, "esbuild", "make web/node_modules")
	}
	dir := t.TempDir()
	script, capture := filepath.Join(dir, "sample.mjs"), filepath.Join(dir, "sample.pcapng")
	bundle := exec.CommandContext(t.Context(), "./node_modules/.bin/esbuild", "test/explorer/capture/sample.ts",
		"--bundle", "--format=esm", "--platform=node", "--log-level=warning", "--outfile="+script)
	bundle.Dir = web
	if out, err := bundle.CombinedOutput(); err != nil {
		t.Fatalf("esbuild: %v\n%s", err, out)
	}
	run := exec.CommandContext(t.Context(), "node", script)
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, stderr.String())
	}
	if err := os.WriteFile(capture, out, 0o644); err != nil {
		t.Fatal(err)
	}
	return capture
}

// wantFields has tshark print fields of the packets that pass a display filter.
func wantFields(t *testing.T, capture, filter string, fields []string, want ...string) {
	t.Helper()
	args := []string{"-r", capture, "-N", "n", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", filter, "-T", "fields", "-E", "separator=|"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.CommandContext(t.Context(), "tshark", args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir()) // no preferences of the user
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, stderr.String())
	}
	got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(out) == 0 {
		got = nil
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n%s\nwant:\n%s", filter, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
