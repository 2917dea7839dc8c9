package packagetest

import (
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// budget is what a page may have to fetch of kafka.wasm, in bytes.
const budget = 3_000_000

// TestKafkaWasmFitsItsBudget compresses kafka.wasm as a release does.
func TestKafkaWasmFitsItsBudget(t *testing.T) {
	require.Long(t, "Brotli at its best")
	t.Parallel()
	files, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	packed, err := wasmbuild.Compressed(t.Context(), "../../..", files.kafka)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes, %d of kafka.wasm", packed, len(files.kafka))
	if packed > budget {
		t.Errorf("kafka.wasm has %d bytes once it is compressed, and may have %d: see web/wasm/kafka/buildflags, and RATIONALE", packed, budget)
	}
}
