package client

import (
	"context"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A logDir is a directory of a broker's. A broker that doesn't answer has one without a name, which says why.
type logDir struct {
	Broker   int32       `json:"broker"`
	Dir      string      `json:"dir"`
	Error    *port.Error `json:"error,omitzero"`
	Replicas []replica   `json:"replicas"`
}

type replica struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Bytes     int64  `json:"bytes"`
	Future    bool   `json:"future"` // it is being moved here
}

// logDirs sends the directories of each broker, in one item.
func (c *client) logDirs(ctx context.Context, call *port.Call) (any, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range m.Brokers {
		if err := call.Send(c.logDirsOf(ctx, b.NodeID)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (c *client) logDirsOf(ctx context.Context, broker int32) (dirs []logDir) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	req := kmsg.NewPtrDescribeLogDirsRequest()
	req.Topics = nil // all
	resp, err := req.RequestWith(ctx, c.kafka.Broker(int(broker)))
	if err != nil {
		return []logDir{{Broker: broker, Error: describe(causeOf(ctx, err))}}
	}
	if e := answerError(resp.ErrorCode, nil); e != nil {
		return []logDir{{Broker: broker, Error: e}}
	}
	for _, d := range resp.Dirs {
		dir := logDir{Broker: broker, Dir: d.Dir, Error: answerError(d.ErrorCode, nil)}
		for _, t := range d.Topics {
			for _, p := range t.Partitions {
				dir.Replicas = append(dir.Replicas, replica{t.Topic, p.Partition, p.Size, p.IsFuture})
			}
		}
		dirs = append(dirs, dir)
	}
	return dirs
}
