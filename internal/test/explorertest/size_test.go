package explorertest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// budget is what a visit may fetch of the explorer beside the npm package, in bytes of Brotli: its own code, and Lit.
const budget = 70_000

// TestTheExplorerFitsItsBudget adds up what make page has compressed.
func TestTheExplorerFitsItsBudget(t *testing.T) {
	total := 0
	for _, name := range []string{"index.html", "main.js", "theme.css", "icon.svg"} {
		body, err := os.ReadFile(filepath.Join(web, "dist", name+".br"))
		if os.IsNotExist(err) {
			require.Missing(t, "the page", "make page")
		} else if err != nil {
			t.Fatal(err)
		}
		total += len(body)
	}
	t.Logf("%d bytes", total)
	if total > budget {
		t.Errorf("the explorer has %d bytes, and may have %d: see RATIONALE", total, budget)
	}
}
