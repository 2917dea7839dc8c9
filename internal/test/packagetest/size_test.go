package packagetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// budget is what a page may have to fetch of kafka.wasm, in bytes.
const budget = 3_000_000

// TestKafkaWasmFitsItsBudget compresses kafka.wasm as a release does.
func TestKafkaWasmFitsItsBudget(t *testing.T) {
	require.Long(t, "Brotli at its best")
	t.Parallel()
	dir := t.TempDir()
	wasm := filepath.Join(dir, "kafka.wasm")
	files, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	write(t, wasm, files.kafka)
	runIn(t, "../../../web/compress", "go", "run", ".", "-quality", "11", wasm, dir)
	packed, err := os.Stat(wasm + ".br")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d of kafka.wasm", packed.Size(), len(files.kafka))
	if packed.Size() > budget {
		t.Errorf("kafka.wasm has %d bytes once it is compressed, and may have %d: see web/wasm/kafka/gcflags, and RATIONALE", packed.Size(), budget)
	}
}
