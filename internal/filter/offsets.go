package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func handleOffsetCommit(c *call) {
	if !c.group(c.req.(*kmsg.OffsetCommitRequest).Group) {
		c.denyAll(errGroupAuthorization)
		return
	}
	handleTopics(c)
}

func handleOffsetDelete(c *call) {
	if !c.group(c.req.(*kmsg.OffsetDeleteRequest).Group) {
		c.denyAll(errGroupAuthorization)
		return
	}
	handleTopics(c)
}

// handleOffsetFetch: no list of topics means all that the group has offsets of. From version 8 on there
// are several groups, each with topics of its own.
func handleOffsetFetch(c *call) {
	req := c.req.(*kmsg.OffsetFetchRequest)
	if c.version >= 8 {
		c.offsetsOfGroups(req)
		return
	}
	if !c.group(req.Group) {
		c.denyAll(errGroupAuthorization)
		return
	}
	if req.Topics == nil {
		c.onAnswer(func(resp kmsg.Response) {
			r := resp.(*kmsg.OffsetFetchResponse)
			r.Topics = slices.DeleteFunc(r.Topics, func(t kmsg.OffsetFetchResponseTopic) bool { return !c.seesTopic(t.Topic) })
		})
		return
	}
	c.split("Topics", "Topics", c.topicError) // an empty list stays an empty list: not all
}

// mapEntrySize is about how many bytes a map takes for a name, without its text.
const mapEntrySize = 64

func (c *call) offsetsOfGroups(req *kmsg.OffsetFetchRequest) {
	all := map[string]bool{}                                    // groups of which all topics were asked for
	denied := map[string][]kmsg.OffsetFetchResponseGroupTopic{} // by group
	left := c.split("Groups", "Groups", func(entry reflect.Value) int16 {
		if !c.group(entry.FieldByName("Group").String()) {
			return errGroupAuthorization
		}
		return 0
	})
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
		return
	}
	for i := range req.Groups {
		g := &req.Groups[i]
		name := string([]byte(g.Group))
		if g.Topics == nil {
			all[name] = true
			c.size += mapEntrySize + len(name)
			continue
		}
		kept := g.Topics[:0]
		for _, t := range g.Topics {
			code := c.topicError(reflect.ValueOf(&t).Elem())
			if code == 0 {
				kept = append(kept, t)
				continue
			}
			entry := deniedEntry(reflect.TypeFor[kmsg.OffsetFetchResponseGroupTopic](), reflect.ValueOf(&t).Elem(), code)
			denied[name] = append(denied[name], entry.Interface().(kmsg.OffsetFetchResponseGroupTopic))
			c.size += sizeOf(entry)
		}
		g.Topics = kept
	}
	if len(all) == 0 && len(denied) == 0 {
		return
	}
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.OffsetFetchResponse)
		for i := range r.Groups {
			g := &r.Groups[i]
			if all[g.Group] {
				c.askNames(topicIDs(reflect.ValueOf(g).Elem()))
				g.Topics = slices.DeleteFunc(g.Topics, func(t kmsg.OffsetFetchResponseGroupTopic) bool {
					return !c.seesTopicOrID(t.Topic, t.TopicID)
				})
			}
			if g.ErrorCode == 0 {
				g.Topics = append(g.Topics, denied[g.Group]...)
			}
			delete(denied, g.Group) // a group may be named twice
		}
	})
}

// seesTopicOrID says whether the client may see a topic that an answer names, or names by its id.
func (c *call) seesTopicOrID(topic string, id [16]byte) bool {
	if topic == "" {
		topic, _ = c.topicName(id)
	}
	return topic != "" && c.seesTopic(topic)
}
