package packagetest

import (
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/browsertest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestAHiddenTabKeepsItsMembership hides the page of a group's member behind another tab, for three times as long
// as the group takes for a member's end.
func TestAHiddenTabKeepsItsMembership(t *testing.T) {
	require.Long(t, "a page that is hidden for 150 s")
	t.Parallel()
	b := browsertest.ChromiumWithTabs
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	out, code, err := runInPage(t, b, built(t), "runHidden")
	t.Log(out)
	if code != 0 || err != nil {
		t.Errorf("it exited with code %d, %v", code, err)
	}
}
