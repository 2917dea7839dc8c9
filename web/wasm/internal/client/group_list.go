package client

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A groupAnswer is what a broker told of its groups.
type groupAnswer struct {
	groups []groupSummary
	err    error
}

// listGroups asks all brokers for their groups, and calls found with those of brokers that answer soon, and then with
// those of the others, which may be silent. It ends once found returns false. Its error is of a broker that didn't
// tell its groups, or of found.
func (c *client) listGroups(ctx context.Context, found func(groups []groupSummary) (more bool, err error)) error {
	m, err := c.metadata(ctx)
	if err != nil {
		return err
	}
	answers := make(chan groupAnswer, len(m.Brokers))
	for _, b := range m.Brokers {
		go func() { answers <- c.groupsOf(context.WithoutCancel(ctx), b.NodeID) }()
	}
	known := make(map[string]bool) // one whose coordinator moves may be listed by both
	late := time.After(anotherAfter)
	for left := len(m.Brokers); left > 0; late = nil {
		var groups []groupSummary
	collect:
		for left > 0 {
			select {
			case a := <-answers:
				left--
				if a.err != nil {
					err = a.err
				}
				for _, g := range a.groups {
					if !known[g.ID] {
						known[g.ID] = true
						groups = append(groups, g)
					}
				}
			case <-late:
				break collect
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		slices.SortFunc(groups, func(a, b groupSummary) int { return strings.Compare(a.ID, b.ID) })
		if more, err := found(groups); !more || err != nil {
			return err
		}
	}
	return err
}

// groupsOf asks a broker for its groups, and again as long as it can't tell them yet.
func (c *client) groupsOf(ctx context.Context, broker int32) (a groupAnswer) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	for attempt := 1; ; attempt++ {
		resp, err := c.kafka.Broker(int(broker)).RetriableRequest(ctx, kmsg.NewPtrListGroupsRequest())
		if err != nil {
			return groupAnswer{err: causeOf(ctx, err)}
		}
		listed := resp.(*kmsg.ListGroupsResponse)
		if e := answerError(listed.ErrorCode, nil); e != nil {
			if e.Retriable && sleep(ctx, backoff(attempt)) {
				continue
			}
			return groupAnswer{err: e}
		}
		for _, g := range listed.Groups {
			a.groups = append(a.groups, groupSummary{ID: g.Group, Protocol: protocolOf(g.GroupType), State: g.GroupState})
		}
		return a
	}
}

// protocolOf is the page's name for a group's type, which brokers before Kafka 3.8 don't tell.
func protocolOf(groupType string) string {
	if groupType == "" {
		return "classic"
	}
	return strings.ToLower(groupType)
}
