package clienttest

import (
	"context"
	"crypto/tls"
	"errors"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/clienttest/suite"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestRollingRestartUnderATail stops and restarts three brokers in turn, while a client without credentials
// tails a topic under a policy. Every record arrives once, and what is denied stays denied.
func TestRollingRestartUnderATail(t *testing.T) {
	authority := testca.New(t)
	cluster := kafkatest.StartSCRAM(t, kafkatest.Options{Brokers: 3, Properties: kafkatest.FastTakeover}, authority, user, password)
	brokers := cluster.BootstrapOf("SASL_SSL")
	b := bridgetest.New(t, bridge.Config{
		Brokers: brokers, TLS: &tls.Config{RootCAs: authority.Pool()}, SASL: held(password), Policies: readOnly("orders*"),
	})
	dialer := &kafkaio.Dialer{Bridge: bridgetest.Serve(t, b) + "/kafka"}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	connect := func(options ...kgo.Opt) *kgo.Client {
		c, err := kgo.NewClient(append(options, kgo.MetadataMinAge(250*time.Millisecond))...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	bridged := func(options ...kgo.Opt) *kgo.Client {
		return connect(append(options, kgo.SeedBrokers(brokers...), kgo.Dialer(dialer.DialContext))...)
	}
	super := connect(kgo.SeedBrokers(cluster.Bootstrap()...))
	topic := kafkatopic.Create(ctx, t, super, "orders", 3, nil)
	secret := kafkatopic.Create(ctx, t, super, "secret", 3, nil)

	var tails, producers sync.WaitGroup
	var stored, arrived atomic.Int64
	progress := make(chan struct{}, 1) // more records have arrived
	times := make(map[string]int)      // that each record arrived
	tailing, stopTailing := context.WithCancel(ctx)
	producing, stopProducing := context.WithCancel(ctx)
	defer func() {
		stopProducing()
		producers.Wait()
		stopTailing()
		tails.Wait()
	}()
	tail := bridged(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(500*time.Millisecond))
	tails.Go(func() {
		for {
			fetches := tail.PollFetches(tailing)
			if tailing.Err() != nil {
				return
			}
			if err := fetches.Err(); err != nil {
				t.Errorf("the tail ends: %v", err)
				return
			}
			for r := range fetches.RecordsAll() {
				times[string(r.Value)]++
			}
			arrived.Add(int64(fetches.NumRecords()))
			select {
			case progress <- struct{}{}:
			default:
			}
		}
	})
	producers.Go(func() {
		for n := 0; producing.Err() == nil; n++ {
			name := strconv.Itoa(n)
			if err := super.ProduceSync(ctx, &kgo.Record{Topic: topic, Key: []byte(name), Value: []byte(name)}).FirstErr(); err != nil {
				t.Errorf("record %s: %v", name, err)
				return
			}
			stored.Add(1)
		}
	})
	until := func(what string, n int64) {
		t.Helper()
		for arrived.Load() < n {
			select {
			case <-progress:
			case <-ctx.Done():
				t.Fatalf("%s: %d of %d records arrived, %d are stored", what, arrived.Load(), n, stored.Load())
			}
		}
	}
	// goesOn holds that records of now arrive at the tail, and that new clients are still denied.
	goesOn := func(what string) {
		t.Helper()
		until(what, stored.Load()+100)
		c := bridged(kgo.DisableIdempotentWrite(), kgo.ConsumeTopics(secret))
		defer c.Close()
		if err := c.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("denied")}).FirstErr(); !errors.Is(err, kerr.TopicAuthorizationFailed) {
			t.Errorf("%s: producing: %v", what, err)
		}
		if err := c.PollFetches(ctx).Err(); !errors.Is(err, kerr.TopicAuthorizationFailed) {
			t.Errorf("%s: another topic: %v", what, err)
		}
	}
	goesOn("all is well")
	for i := range brokers {
		cluster.Stop(i)
		goesOn("broker " + strconv.Itoa(i) + " was stopped")
		cluster.Restart(i)
		suite.MustBeInSync(ctx, t, super)
		goesOn("broker " + strconv.Itoa(i) + " was restarted")
	}
	stopProducing()
	producers.Wait()
	until("at the end", stored.Load())
	stopTailing()
	tails.Wait()
	for value, n := range times {
		if n != 1 {
			t.Errorf("record %s arrived %d times", value, n)
		}
	}
	if len(times) != int(stored.Load()) {
		t.Errorf("%d records arrived, %d are stored", len(times), stored.Load())
	}
	t.Logf("%d records", len(times))
}
