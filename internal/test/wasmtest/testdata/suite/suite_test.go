// Package suite is a suite that wasmtest is tested with.
package suite

import (
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/suiteenv"
)

func TestSuite(t *testing.T) {
	var setup struct{ Name string }
	suiteenv.Decode(t, "KAFKAIO_SUITE", "package wasmtest", &setup)
	t.Run("Passes", func(t *testing.T) {
		t.Run("Part", func(*testing.T) {})
	})
	t.Run("Lacks", func(t *testing.T) {
		t.Run("Kcat", func(t *testing.T) {
			if setup.Name == "lacks" {
				require.Missing(t, "kcat", "apt-get install kcat")
			}
		})
	})
	t.Run("Skips", func(t *testing.T) {
		if setup.Name == "skips" {
			t.Skip("for no reason")
		}
	})
	t.Run("Fails", func(t *testing.T) {
		if setup.Name == "fails" {
			t.Error("as it was told to")
		}
	})
	t.Run("Exits", func(t *testing.T) {
		if setup.Name == "exits" {
			panic("at once")
		}
	})
}
