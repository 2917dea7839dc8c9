// Package suite is what a Kafka client does over our dialer, written once: franz-go creates a
// topic on a real cluster, produces, and consumes, alone and in a group, with TLS, and while
// brokers and the bridge are restarted. The same code runs on every way to a broker; a [Setup] is
// all that differs.
package suite

import "testing"

// Run runs the part of the suite that the Setup is for, of which -run must leave something.
func Run(t *testing.T, s Setup) {
	ran := 0
	for _, p := range s.parts() {
		t.Run(p.name, func(t *testing.T) {
			ran++
			p.run(t, s)
		})
	}
	if ran == 0 {
		t.Error("nothing ran: no part of the suite matches -run")
	}
}

// Names returns the names of what Run runs: what has to run on every way.
func Names(s Setup) (names []string) {
	for _, p := range s.parts() {
		names = append(names, p.name)
	}
	return names
}

type part struct {
	name string
	run  func(*testing.T, Setup)
}

func (s Setup) parts() []part {
	switch {
	case s.Faults != "":
		return []part{{"SurvivesRestarts", survivesRestarts}}
	case s.TLS != nil:
		return []part{
			{"ConsumedAsProduced", consumedAsProduced},
			{"Marker", RoundTripMarker},
			{"FailuresAreExplained", tlsFailuresAreExplained},
		}
	default:
		return []part{
			{"ConsumedAsProduced", consumedAsProduced},
			{"ConsumedInAGroup", consumedInAGroup},
		}
	}
}
