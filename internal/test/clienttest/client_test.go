package clienttest

import (
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/wasmtest"
)

// Each test has a cluster of its own, so that no brokers run for which there is no more use.
func TestMain(m *testing.M) { wasmtest.Main(m) }

// One broker is enough to start with: it names the others. A bridge dials only those addresses of its own
// machine that it was given.
func TestProduceAndConsume(t *testing.T) {
	brokers := kafkatest.Start(t, kafkatest.Options{Brokers: 3}).Bootstrap()
	s := suite.Setup{Brokers: brokers[:1]}
	ran := 0
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			ran++
			w.runThrough(t, s, bridge.Config{Brokers: brokers})
		})
	}
	wantSome(t, ran)
}
