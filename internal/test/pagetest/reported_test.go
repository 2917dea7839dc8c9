package pagetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// newFake starts a broker that a test scripts.
func newFake(t *testing.T) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// TestOffsetsAreNotCalledRecords counts a topic half of whose offsets are markers of transactions.
func TestOffsetsAreNotCalledRecords(t *testing.T) {
	brokers := kafkatest.Shared(t).Bootstrap()
	kafka := newKafka(t, brokers)
	topic := kafka.newTopic("transactions", 1, nil)
	writer, err := kgo.NewClient(kgo.SeedBrokers(brokers...), kgo.TransactionalID(topic), kgo.DefaultProduceTopic(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	const n = 10
	for i := range n {
		if err := writer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		if err := writer.ProduceSync(kafka.ctx, kgo.StringRecord(fmt.Sprint(i))).FirstErr(); err != nil {
			t.Fatal(err)
		}
		if err := writer.EndTransaction(kafka.ctx, kgo.TryCommit); err != nil {
			t.Fatal(err)
		}
	}
	p := openTopic(t, explore(t, brokers).link, topic, wide)
	p.until(fmt.Sprintf("%s === %d", rows, n))
	const facts = "1 partition · 20 offsets"
	p.untilText("#topic-facts", facts)
	p.untilText(fmt.Sprintf("[data-topic=%s]", topic), facts)
}

func TestBrokersThatGoSilentAreNoConnection(t *testing.T) {
	cluster := newFake(t)
	p := open(t, newBrowser(t), explore(t, cluster.ListenAddrs()).link, wide)
	p.untilText("#status", "Connected")
	answers := make(chan struct{})
	cluster.ControlKey(-1, func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		select {
		case <-answers:
			return nil, nil, false
		default:
			return nil, nil, true
		}
	})
	began := time.Now()
	p.untilText("#status", "Reconnecting")
	p.untilShown("#notice")
	if took := time.Since(began); took > 45*time.Second {
		t.Errorf("it took %v", took)
	}
	p.screenshot("silent")
	close(answers)
	p.untilText("#status", "Connected")
	p.until("notice.hidden")
}

func TestATopicThatIsMadeAgainAtOnceIsAnotherOne(t *testing.T) {
	cluster := newFake(t)
	kafka := newKafka(t, cluster.ListenAddrs())
	if err := cluster.CreateTopic("t", 1, nil); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		kafka.produce(&kgo.Record{Topic: "t", Value: fmt.Appendf(nil, "old %d", i)})
	}
	p := openTopic(t, explore(t, cluster.ListenAddrs()).link, "t", wide)
	p.until(rows + " === 5")
	if err := cluster.DeleteTopic("t"); err != nil {
		t.Fatal(err)
	}
	if err := cluster.CreateTopic("t", 1, nil); err != nil {
		t.Fatal(err)
	}
	kafka.client.PurgeTopicsFromClient("t") // to which the topic is still the one that was deleted
	kafka.produce(&kgo.Record{Topic: "t", Value: []byte("new")})
	p.until(rows + " === 1")
	p.untilText(".record .value", "new")
	p.untilText("#topic-facts", "1 partition · 1 offset")
	p.until("document.querySelector('#tail-error').hidden")
}
