package clienttest

import (
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/kafkatest"
	"github.com/kafkaio/kafkaio/internal/leak"
)

// Each test has a cluster of its own, so that no brokers run for which there is no more use.
func TestMain(m *testing.M) { leak.Main(m) }

// One broker is enough to start with: it names the others, to a bridge as well.
func TestProduceAndConsume(t *testing.T) {
	s := suite.Setup{Brokers: kafkatest.Start(t, kafkatest.Options{Brokers: 3}).Bootstrap()[:1]}
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			w.runThrough(t, s, bridge.Config{Brokers: s.Brokers})
		})
	}
}
