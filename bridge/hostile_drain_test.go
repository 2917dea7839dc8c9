package bridge_test

import (
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// TestStreamsThatDrainCountAsStreams opens and closes one stream after the other, towards brokers that
// take nothing: each holds its broker connection for 10 s.
func TestStreamsThatDrainCountAsStreams(t *testing.T) {
	const opens, limit = 3000, 1024
	var brokers *brokers
	config := func(t *testing.T) bridge.Config {
		brokers = newBrokers(t, nil)
		return bridge.Config{Dial: brokers.dial}
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		refused := 0
		for id := uint32(1); id <= opens; id++ {
			send(t, c, hostile.Open(id, 1<<20, memoryBroker))
			m := receive(t, c)
			switch {
			case m.Type == hostile.TypeOpened:
				send(t, c, hostile.Data(id, []byte("undelivered")), hostile.CloseStream(id, 1000, ""))
			case m.Type == hostile.TypeClose && m.Code() == 4429:
				refused++
			default:
				t.Fatalf("got %v for OPEN %d", m, id)
			}
		}
		_, most := brokers.counts()
		t.Logf("%d broker connections at once, %d OPENs refused", most, refused)
		if most > limit || refused != opens-limit {
			t.Errorf("%d broker connections at once, at most %d were expected; %d OPENs refused, not %d", most, limit, refused, opens-limit)
		}
		mustBeWithin(t, "all broker connections were closed", brokers.untilClosed(time.Minute), 0, 15*time.Second)
		open(t, c, opens+1, 1<<20, memoryBroker)
	})
}
