package client

import (
	"context"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kmsg"

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
	listed, failed := c.listGroups(ctx)
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
			return nil, err
		}
	}
	return nil, failed
}

// listGroups asks all brokers for their groups. It returns those that it got also with an error.
func (c *client) listGroups(ctx context.Context) (groups []groupSummary, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	for _, shard := range c.kafka.RequestSharded(ctx, kmsg.NewPtrListGroupsRequest()) {
		if shard.Err != nil {
			err = causeOf(ctx, shard.Err)
			continue
		}
		resp := shard.Resp.(*kmsg.ListGroupsResponse)
		if e := answerError(resp.ErrorCode, nil); e != nil {
			err = e
		}
		for _, g := range resp.Groups {
			groups = append(groups, groupSummary{ID: g.Group, Protocol: protocolOf(g.GroupType), State: g.GroupState})
		}
	}
	slices.SortFunc(groups, func(a, b groupSummary) int { return strings.Compare(a.ID, b.ID) })
	// A group whose coordinator moves may be listed by both.
	return slices.CompactFunc(groups, func(a, b groupSummary) bool { return a.ID == b.ID }), err
}

// protocolOf is the page's name for a group's type, which brokers before Kafka 3.8 don't tell.
func protocolOf(groupType string) string {
	if groupType == "" {
		return "classic"
	}
	return strings.ToLower(groupType)
}
