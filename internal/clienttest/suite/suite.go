// Package suite is what a Kafka client does over our dialer, written once: franz-go creates a
// topic on a real cluster, produces, and consumes, alone and in a group, with TLS, and while
// brokers and the bridge are restarted. The same code runs on every way to a broker; a [Setup] is
// all that differs.
package suite

import "testing"

// Run runs the part of the suite that the Setup is for.
func Run(t *testing.T, s Setup) {
	switch {
	case s.Faults != "":
		t.Run("SurvivesRestarts", func(t *testing.T) { survivesRestarts(t, s) })
	case s.TLS != nil:
		t.Run("ConsumedAsProduced", func(t *testing.T) { consumedAsProduced(t, s) })
		t.Run("Marker", func(t *testing.T) { RoundTripMarker(t, s) })
		t.Run("FailuresAreExplained", func(t *testing.T) { tlsFailuresAreExplained(t, s) })
	default:
		t.Run("ConsumedAsProduced", func(t *testing.T) { consumedAsProduced(t, s) })
		t.Run("ConsumedInAGroup", func(t *testing.T) { consumedInAGroup(t, s) })
	}
}
