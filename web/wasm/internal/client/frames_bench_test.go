//go:build !js

package client

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/wire"
)

// BenchmarkFrames compares a client with a Tap, and one with a Capture that nobody reads, with one without, through
// a bridge. They take turns; the fastest tenth of each counts, which a busy machine changes least.
func BenchmarkFrames(b *testing.B) {
	cluster := newFake(b, kfake.NumBrokers(1), kfake.SeedTopics(1, "t"))
	dialer := &kafkaio.Dialer{Bridge: bridgeTo(b, bridge.Config{Brokers: cluster.ListenAddrs()})}
	idle, unread := new(wire.Tap), new(wire.Tap)
	defer unread.Capture(64 << 10).Close()
	bare := func(c net.Conn, _ string) net.Conn { return c }
	var clients []*kgo.Client
	for _, tapped := range []func(net.Conn, string) net.Conn{bare, idle.Conn, unread.Conn} {
		c, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.Dialer(func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return tapped(conn, addr), nil
		}))
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		clients = append(clients, c)
	}
	if err := clients[0].ProduceSync(b.Context(), &kgo.Record{Topic: "t", Value: make([]byte, 900_000)}).FirstErr(); err != nil {
		b.Fatal(err)
	}
	fetch := fetchRequest(cluster.TopicInfo("t").TopicID)
	for range 200 { // the Capture is full then
		if _, err := clients[2].Broker(0).Request(b.Context(), fetch); err != nil {
			b.Fatal(err)
		}
	}
	for _, request := range []kmsg.Request{kmsg.NewPtrMetadataRequest(), fetch} {
		b.Run(kmsg.NameForKey(request.Key()), func(b *testing.B) {
			took := make([][]time.Duration, len(clients))
			for b.Loop() {
				for i, c := range clients {
					start := time.Now()
					if _, err := c.Broker(0).Request(b.Context(), request); err != nil {
						b.Fatal(err)
					}
					took[i] = append(took[i], time.Since(start))
				}
			}
			fast := func(i int) float64 {
				slices.Sort(took[i])
				return took[i][len(took[i])/10].Seconds()
			}
			b.ReportMetric(fast(0)*1e6, "µs/bare")
			b.ReportMetric(fast(1)/fast(0), "tap/bare")
			b.ReportMetric(fast(2)/fast(0), "unread/bare")
		})
	}
}

func fetchRequest(topic [16]byte) *kmsg.FetchRequest {
	r := kmsg.NewPtrFetchRequest()
	r.MaxBytes, r.SessionEpoch = 1<<20, -1
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID = "t", topic
	p := kmsg.NewFetchRequestTopicPartition()
	p.PartitionMaxBytes = 1 << 20
	t.Partitions = append(t.Partitions, p)
	r.Topics = append(r.Topics, t)
	return r
}
