package client

import (
	"context"
	"slices"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A groupSummary is what a page lists of a group.
type groupSummary struct {
	ID       string      `json:"id"`
	Protocol string      `json:"protocol"` // "classic", "consumer", "share" or "streams"
	State    string      `json:"state"`
	Members  int         `json:"members"`
	Lag      *int64      `json:"lag"` // nil: not known, and Error says why; or it has committed nothing
	Error    *port.Error `json:"error,omitzero"`
}

// groupsAtOnce is how many groups are described together, and are one item.
const groupsAtOnce = 100

// groups sends the groups of all brokers. A broker that doesn't tell its groups fails the call, after the
// groups of the others.
func (c *client) groups(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		Topic string `json:"topic"` // only groups that have to do with it; empty: all
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	return nil, c.listGroups(ctx, func(listed []groupSummary) (bool, error) {
		for chunk := range slices.Chunk(listed, groupsAtOnce) {
			described := c.describeGroups(ctx, chunk)
			if o.Topic != "" {
				described = slices.DeleteFunc(described, func(g groupDetail) bool { return !g.hasTopic(o.Topic) })
			}
			summaries := make([]groupSummary, len(described))
			for i, g := range described {
				summaries[i] = g.groupSummary
			}
			if err := call.Send(summaries); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}
