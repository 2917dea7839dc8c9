package clienttest

import (
	"fmt"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/test/conformance/peer"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// TestRestarts kills and restarts brokers, and the bridge, when the suite asks for it.
func TestRestarts(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 3, Properties: kafkatest.FastTakeover})
	ran := 0
	for _, w := range ways {
		whole := t.Run(w.name, func(t *testing.T) {
			ran++
			s := suite.Setup{Brokers: cluster.Bootstrap()}
			hooks := make(map[string]func())
			for i := range s.Brokers {
				hooks[fmt.Sprint("kill-", i)] = func() { cluster.Kill(i) }
				hooks[fmt.Sprint("restart-", i)] = func() { cluster.Restart(i) }
			}
			if w.bridged {
				b := serveBridge(t, bridge.Config{Brokers: s.Brokers})
				s.Bridge = b.url()
				hooks["stop"], hooks["start"] = b.stop, b.start
			}
			p, err := peer.Listen(hooks)
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			s.Faults = p.Addr()
			w.run(t, s, bridgetest.New(t, bridge.Config{Brokers: []string{p.Addr()}}))
		})
		if !whole {
			break // a broker may be down
		}
	}
	wantSome(t, ran)
}
