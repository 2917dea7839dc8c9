package bridge_test

import (
	"net"
	"runtime"
	"testing"
	"testing/synctest"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// A client that takes nothing has the bridge hold a rewritten answer once: not beside what it was made of.
func TestARewrittenAnswerIsHeldOnce(t *testing.T) {
	orders := "orders"
	topic := kmsg.NewMetadataResponseTopic()
	topic.Topic = &orders
	topic.Partitions = make([]kmsg.MetadataResponseTopicPartition, 500_000)
	resp := kmsg.NewPtrMetadataResponse()
	resp.Version = 8
	resp.Topics = append(resp.Topics, topic)
	answer := response(1, resp.AppendTo(nil))
	resp, topic.Partitions = nil, nil
	config := func(t *testing.T) bridge.Config {
		c := withPolicy(t)
		c.Dial = newBrokers(t, func(c net.Conn) {
			if _, err := readFrame(c); err == nil {
				c.Write(answer)
				readFrame(c) // until the connection ends
			}
		}).dial
		return c
	}
	held := func() int64 {
		for range 3 { // the pools keep buffers for two
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		p := v.pipe(t, hostile.Tunnel, 1)
		before := held()
		all := kmsg.NewPtrMetadataRequest()
		all.Version = 8
		p.send(kmsg.NewRequestFormatter().AppendRequest(nil, all, 1))
		synctest.Wait()
		grown, counted := held()-before, v.bridge.HeldMemory()
		if size := int64(len(answer)); counted < size || grown > counted*5/4 {
			t.Errorf("for an answer of %d bytes the heap has %d more, of which %d count", size, grown, counted)
		}
		p.Close()
	})
}
