package suite

import (
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/suiteenv"
)

// Env is the environment variable that carries a Setup, as JSON, to a test binary that runs
// elsewhere: in a browser, or in a WASI host.
const Env = "KAFKAIO_CONFORMANCE"

// A Setup says where the suite finds what it connects to. Addresses are host:port.
type Setup struct {
	Peer      string // a peer.Server
	Refused   string // nothing listens here
	BlackHole string // attempts to connect here get no answer; empty where the machine can't do that
	OnlyIPv4  string // the peer by a name that has no IPv6 address; empty where there is none

	Bridge     string // Dialer.Bridge; empty: the target's own default
	SlowBridge string // the same, and every handshake takes 200 ms longer

	// These bridges are the same on every way, even on one that otherwise uses none.
	GuardedBridge  string // wants Token, and allows no target but Peer
	Token          string
	ExpiringBridge string // the same, and a token holds for five seconds
	FragileBridge  string // its WebSockets are reset when the peer is told "do cut"
	DrainingBridge string // shuts down when the peer is told "do drain"
	AbsentBridge   string // nothing listens here
	SilentBridge   string // accepts connections and never says a word
	WebServer      string // answers HTTP, and is no bridge

	// Overlap has the behaviours that wait do so at the same time, after all others.
	Overlap bool
}

// String is the value of Env.
func (s Setup) String() string { return suiteenv.Encode(s) }

// FromEnv returns the Setup that Env holds. A test that is run without one fails.
func FromEnv(t *testing.T) (s Setup) {
	t.Helper()
	suiteenv.Decode(t, Env, "package conformance", &s)
	return s
}
