package client

import (
	"context"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A groupDetail has a group's members and offsets, too.
type groupDetail struct {
	groupSummary
	Coordinator int32             `json:"coordinator"` // -1: not known
	Assignments []groupAssignment `json:"assignments"`
	Offsets     []groupOffset     `json:"offsets"`
}

type groupAssignment struct {
	Member     string           `json:"member"`
	ClientID   string           `json:"clientId"`
	Host       string           `json:"host"`
	Partitions []groupPartition `json:"partitions"`
}

type groupPartition struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
}

type groupOffset struct {
	Topic     string      `json:"topic"`
	Partition int32       `json:"partition"`
	Committed *int64      `json:"committed"` // nil: none
	End       *int64      `json:"end"`       // nil: Error says why
	Lag       *int64      `json:"lag"`
	LagMs     *float64    `json:"lagMs"` // nil: not known
	Metadata  string      `json:"metadata"`
	Error     *port.Error `json:"error,omitzero"`
}

// groupProtocols are those of Kafka.
var groupProtocols = []string{"classic", "consumer", "share", "streams"}

// groupIDNotFound is GROUP_ID_NOT_FOUND.
const groupIDNotFound = 69

// group returns one group.
func (c *client) group(ctx context.Context, call *port.Call) (any, error) {
	var o struct {
		ID string `json:"id"`
	}
	if err := call.Options(&o); err != nil {
		return nil, err
	}
	protocol, err := c.protocolOfGroup(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	var g groupDetail
	untilCoordinated(ctx, func(ctx context.Context) *port.Error {
		g = c.describeGroups(ctx, []groupSummary{{ID: o.ID, Protocol: protocol}})[0]
		return g.Error
	})
	switch {
	case g.State == "Dead": // which is how brokers tell of a group that isn't there
		return nil, answerError(groupIDNotFound, nil)
	case g.State == "" && g.Error != nil: // nothing is known of it
		return nil, g.Error
	}
	c.measureLagMs(ctx, &g)
	return g, nil
}

// protocolOfGroup finds out which protocol a group has. One that no broker lists may still be known to its
// coordinator, so it is taken for a classic one.
func (c *client) protocolOfGroup(ctx context.Context, id string) (string, error) {
	protocol := ""
	err := c.listGroups(ctx, func(listed []groupSummary) (bool, error) {
		for _, g := range listed {
			if g.ID == id {
				protocol = g.Protocol
			}
		}
		return protocol == "", nil
	})
	if protocol == "" {
		return "classic", err
	}
	return protocol, nil
}

// describeGroups describes groups, in their order: members, committed offsets, and lag. What can't be known is
// left out, and the group's error says why.
func (c *client) describeGroups(ctx context.Context, groups []groupSummary) []groupDetail {
	ctx, cancel := context.WithTimeoutCause(ctx, requestTimeout, errSlow)
	defer cancel()
	details := make(groupDetails, len(groups))
	order := make([]groupDetail, len(groups))
	for i, g := range groups {
		order[i] = groupDetail{groupSummary: g, Coordinator: -1}
		details[g.ID] = &order[i]
		if !slices.Contains(groupProtocols, g.Protocol) {
			order[i].Error = &port.Error{Code: codeUnknown, Message: "this client doesn't describe groups of the protocol " + g.Protocol}
		}
	}
	c.describeClassic(ctx, details)
	c.describeConsumer(ctx, details)
	c.describeShare(ctx, details)
	c.describeStreams(ctx, details)
	c.fetchOffsets(ctx, details)
	c.fetchShareOffsets(ctx, details)
	c.measureLag(ctx, details)
	return order
}

// groupDetails are those to fill, by id.
type groupDetails map[string]*groupDetail

// of are the ids of the groups of a protocol.
func (d groupDetails) of(protocol string) (ids []string) {
	for id, g := range d {
		if g.Protocol == protocol {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// fail gives groups an error, unless they have one.
func (d groupDetails) fail(ids []string, err error) {
	for _, id := range ids {
		if g := d[id]; g != nil && g.Error == nil {
			g.Error = describe(err)
		}
	}
}

func (g *groupDetail) addMember(a groupAssignment) {
	g.Members++
	slices.SortFunc(a.Partitions, func(a, b groupPartition) int {
		if a.Topic != b.Topic {
			return strings.Compare(a.Topic, b.Topic)
		}
		return int(a.Partition - b.Partition)
	})
	g.Assignments = append(g.Assignments, a)
}

// hasTopic reports whether the group has committed offsets of a topic, or a member has partitions of it. A
// group of which that isn't known is taken to.
func (g *groupDetail) hasTopic(topic string) bool {
	return g.Error != nil ||
		slices.ContainsFunc(g.Offsets, func(o groupOffset) bool { return o.Topic == topic }) ||
		slices.ContainsFunc(g.Assignments, func(a groupAssignment) bool {
			return slices.ContainsFunc(a.Partitions, func(p groupPartition) bool { return p.Topic == topic })
		})
}
