package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func handleShareGroupHeartbeat(c *call) {
	req := c.req.(*kmsg.ShareGroupHeartbeatRequest)
	switch {
	case !c.group(req.GroupID):
		c.denyAll(errGroupAuthorization)
	case !c.topics(req.SubscribedTopicNames):
		c.denyAll(errTopicAuthorization)
	}
}

// handleDescribeShareGroupOffsets: no list of topics means all that the group has offsets of.
func handleDescribeShareGroupOffsets(c *call) {
	req := c.req.(*kmsg.DescribeShareGroupOffsetsRequest)
	left := c.split("Groups", "Groups", func(entry reflect.Value) int16 {
		if !c.group(entry.FieldByName("GroupID").String()) {
			return errGroupAuthorization
		}
		return 0
	})
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
		return
	}
	type topic = kmsg.DescribeShareGroupOffsetsResponseGroupTopic
	denied := map[string][]topic{}
	for i := range req.Groups {
		g := &req.Groups[i]
		name := string([]byte(g.GroupID))
		g.Topics = slices.DeleteFunc(g.Topics, func(t kmsg.DescribeShareGroupOffsetsRequestGroupTopic) bool {
			code := c.nameError(t.Topic)
			if code != 0 {
				entry := deniedEntry(reflect.TypeFor[topic](), reflect.ValueOf(t), code)
				denied[name] = append(denied[name], entry.Interface().(topic))
				c.size += sizeOf(entry)
			}
			return code != 0
		})
	}
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.DescribeShareGroupOffsetsResponse)
		for i := range r.Groups {
			g := &r.Groups[i]
			g.Topics = slices.DeleteFunc(g.Topics, func(t topic) bool { return !c.seesTopicOrID(t.Topic, t.TopicID) })
			if g.ErrorCode == 0 {
				g.Topics = append(g.Topics, denied[g.GroupID]...)
			}
			delete(denied, g.GroupID)
		}
	})
}

// handleShareGroupOffsets is for the APIs that change them.
func handleShareGroupOffsets(c *call) {
	if handleGroup(c); c.local == nil {
		handleTopics(c)
	}
}

// handleStreamsGroupHeartbeat: the broker creates the topics that the topology names.
func handleStreamsGroupHeartbeat(c *call) {
	req := c.req.(*kmsg.StreamsGroupHeartbeatRequest)
	if handleGroup(c); c.local != nil || req.Topology == nil {
		return
	}
	for _, s := range req.Topology.Subtopologies {
		ok := c.topics(s.SourceTopics) && c.topics(s.RepartitionSinkTopics) && (len(s.SourceTopicRegex) == 0 || c.allTopics())
		for _, t := range s.StateChangelogTopics {
			ok = ok && c.topic(t.Topic)
		}
		for _, t := range s.RepartitionSourceTopics {
			ok = ok && c.topic(t.Topic)
		}
		if !ok {
			c.denyAll(errTopicAuthorization)
			return
		}
	}
}
