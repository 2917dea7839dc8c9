package client

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// listGroups asks all brokers for their groups. Those of brokers that answer soon come first: the others may be
// silent. It yields what it got also with an error.
func (c *client) listGroups(ctx context.Context) iter.Seq2[[]groupSummary, error] {
	return func(yield func([]groupSummary, error) bool) {
		m, err := c.metadata(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		type answer struct {
			groups []groupSummary
			err    error
		}
		answers := make(chan answer, len(m.Brokers))
		for _, b := range m.Brokers {
			go func() {
				groups, err := c.groupsOf(context.WithoutCancel(ctx), b.NodeID)
				answers <- answer{groups, err}
			}()
		}
		yielded := make(map[string]bool)
		late := time.After(anotherAfter)
		for left := len(m.Brokers); left > 0; late = nil {
			var groups []groupSummary
			var failed error
			for isLate := false; left > 0 && !isLate; {
				select {
				case a := <-answers:
					left--
					groups, failed = append(groups, a.groups...), cmp.Or(a.err, failed)
				case <-late:
					isLate = true
				case <-ctx.Done():
					yield(nil, context.Cause(ctx))
					return
				}
			}
			slices.SortFunc(groups, func(a, b groupSummary) int { return strings.Compare(a.ID, b.ID) })
			groups = slices.DeleteFunc(groups, func(g groupSummary) bool { // one whose coordinator moves may be listed by both
				isKnown := yielded[g.ID]
				yielded[g.ID] = true
				return isKnown
			})
			if !yield(groups, failed) {
				return
			}
		}
	}
}

// groupsOf asks a broker for its groups, and again as long as it can't tell them yet.
func (c *client) groupsOf(ctx context.Context, broker int32) (groups []groupSummary, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	for attempt := 1; ; attempt++ {
		r, err := c.kafka.Broker(int(broker)).RetriableRequest(ctx, kmsg.NewPtrListGroupsRequest())
		if err != nil {
			return nil, causeOf(ctx, err)
		}
		resp := r.(*kmsg.ListGroupsResponse)
		if e := answerError(resp.ErrorCode, nil); e != nil {
			if e.Retriable && sleep(ctx, backoff(attempt)) {
				continue
			}
			return nil, e
		}
		for _, g := range resp.Groups {
			groups = append(groups, groupSummary{ID: g.Group, Protocol: protocolOf(g.GroupType), State: g.GroupState})
		}
		return groups, nil
	}
}

// protocolOf is the page's name for a group's type, which brokers before Kafka 3.8 don't tell.
func protocolOf(groupType string) string {
	if groupType == "" {
		return "classic"
	}
	return strings.ToLower(groupType)
}
