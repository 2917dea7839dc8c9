package client

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// routes are a producer's ways to brokers, from what franz-go's hook tells of its connections. The records of a
// partition have a context, which ends once the bridge denies its leader: franz-go would dial again until their time
// has ended.
type routes struct {
	leader func(topic string, partition int32) (broker, epoch int32, err error)

	mu         sync.Mutex
	last       error           // of the last connection; nil: it was made
	of         map[int32]error // as last, by the broker's id
	partitions map[topicPartition]route
}

type route struct {
	ctx context.Context
	end context.CancelCauseFunc
}

// to is the context of records for a partition.
func (rs *routes) to(topic string, partition int32) context.Context {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	at := topicPartition{topic, partition}
	r, ok := rs.partitions[at]
	if !ok {
		if rs.partitions == nil {
			rs.partitions = make(map[topicPartition]route)
		}
		r.ctx, r.end = context.WithCancelCause(context.Background())
		rs.partitions[at] = r
	}
	return r.ctx
}

// OnBrokerConnect notes how a connection ended, and is one of franz-go's hooks.
func (rs *routes) OnBrokerConnect(to kgo.BrokerMetadata, _ time.Duration, _ net.Conn, err error) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.of == nil {
		rs.of = make(map[int32]error)
	}
	rs.last, rs.of[to.NodeID] = err, err
	if !isDenied(err) {
		return
	}
	for at, r := range rs.partitions {
		if leader, _, _ := rs.leader(at.topic, at.partition); leader == to.NodeID {
			r.end(err)
			delete(rs.partitions, at) // later records try for themselves
		}
	}
}

// whyNot is why there is no connection to a partition's leader. Where that isn't known it is why the last one failed.
func (rs *routes) whyNot(topic string, partition int32) error {
	leader, _, _ := rs.leader(topic, partition)
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if err, ok := rs.of[leader]; ok {
		return err
	}
	return rs.last
}

// isDenied reports whether the bridge denies what was dialed, as it will again.
func isDenied(err error) bool { return err != nil && describe(err).Code == codeDenied }
