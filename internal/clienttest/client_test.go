package clienttest

import (
	"os"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/kafkatest"
)

func TestMain(m *testing.M) { os.Exit(kafkatest.Main(m)) }

// One broker is enough to start with: it names the others, to a bridge as well.
func TestProduceAndConsume(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			s := suite.Setup{Brokers: kafkatest.Shared(t).Bootstrap()[:1]}
			w.runThrough(t, s, bridge.Config{Brokers: s.Brokers})
		})
	}
}
