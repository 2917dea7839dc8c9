package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// handleGroup is for APIs that are about one group, and name no topics. What JoinGroup and SyncGroup carry
// between the members of a group may name topics. Kafka doesn't look at it, since it gives no right to
// them, and nor does the filter.
func handleGroup(c *call) {
	v := reflect.ValueOf(c.req).Elem()
	id := v.FieldByName("Group")
	if !id.IsValid() {
		id = v.FieldByName("GroupID")
	}
	if !c.group(id.String()) {
		c.denyAll(errGroupAuthorization)
	}
}

// handleGroups is for APIs with a list of groups, which are never all.
func handleGroups(c *call) {
	list := "Groups"
	if !reflect.ValueOf(c.req).Elem().FieldByName(list).IsValid() {
		list = "GroupIDs"
	}
	left := c.split(list, "Groups", func(entry reflect.Value) int16 {
		if !c.group(entry.String()) {
			return errGroupAuthorization
		}
		return 0
	})
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
	}
}

func handleListGroups(c *call) {
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ListGroupsResponse)
		r.Groups = slices.DeleteFunc(r.Groups, func(g kmsg.ListGroupsResponseGroup) bool { return !c.seesGroup(g.Group) })
	})
}

func handleDescribeGroups(c *call) {
	handleGroups(c)
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.DescribeGroupsResponse)
		for i := range r.Groups {
			g := &r.Groups[i]
			g.AuthorizedOperations = c.groupOperations(g.AuthorizedOperations, g.Group)
			if g.ProtocolType != "consumer" || c.seesEveryTopic() {
				continue
			}
			for j := range g.Members {
				c.filterMember(&g.Members[j])
			}
		}
	})
}

// filterMember takes out of a consumer's subscription and assignment the topics that the client may not
// see. Its data for assignors may name topics in any form, so it goes.
func (c *call) filterMember(m *kmsg.DescribeGroupsResponseGroupMember) {
	var sub kmsg.ConsumerMemberMetadata
	if len(m.ProtocolMetadata) > 0 && sub.ReadFrom(m.ProtocolMetadata) == nil {
		sub.UserData = nil
		sub.Topics = slices.DeleteFunc(sub.Topics, func(t string) bool { return !c.seesTopicOf(t) })
		sub.OwnedPartitions = slices.DeleteFunc(sub.OwnedPartitions, func(t kmsg.ConsumerMemberMetadataOwnedPartition) bool {
			return !c.seesTopicOf(t.Topic)
		})
		m.ProtocolMetadata = sub.AppendTo(nil)
	} else {
		m.ProtocolMetadata = []byte{}
	}
	var assigned kmsg.ConsumerMemberAssignment
	if len(m.MemberAssignment) > 0 && assigned.ReadFrom(m.MemberAssignment) == nil {
		assigned.UserData = nil
		assigned.Topics = slices.DeleteFunc(assigned.Topics, func(t kmsg.ConsumerMemberAssignmentTopic) bool {
			return !c.seesTopicOf(t.Topic)
		})
		m.MemberAssignment = assigned.AppendTo(nil)
	} else {
		m.MemberAssignment = []byte{}
	}
}

// seesTopicOf says whether the client may see a topic that an answer about a group names. The right to
// describe groups is not about topics, so the right to their metadata decides.
func (c *call) seesTopicOf(name string) bool { return let(c.rights.Topic(keyMetadata, name)) }

// seesEveryTopic says whether the client may see whatever an answer names: no topic has such names.
func (c *call) seesEveryTopic() bool { return c.seesTopicOf("\x00") && c.seesTopicOf("_\x00") }

func handleConsumerGroupHeartbeat(c *call) {
	req := c.req.(*kmsg.ConsumerGroupHeartbeatRequest)
	switch {
	case !c.group(req.Group):
		c.denyAll(errGroupAuthorization)
	case !c.topics(req.SubscribedTopicNames),
		req.SubscribedTopicRegex != nil && *req.SubscribedTopicRegex != "" && !c.allTopics():
		c.denyAll(errTopicAuthorization)
	}
}

// topics says whether all of the topics are allowed.
func (c *call) topics(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return !c.topic(name) })
}
