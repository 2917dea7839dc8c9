package filter

import (
	"reflect"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// topicError returns the error for an entry that names a topic, or its id, and 0 if that is allowed.
func (c *call) topicError(entry reflect.Value) int16 {
	if entry.Kind() == reflect.String {
		return c.nameError(entry.String())
	}
	name := entry.FieldByName("Topic")
	id := entry.FieldByName("TopicID")
	if name.IsValid() && name.Kind() == reflect.Pointer {
		if id.IsValid() && !id.IsZero() {
			name.SetZero() // the id alone decides
		}
		name = name.Elem() // invalid if null
	}
	if name.IsValid() && (name.Len() > 0 || !id.IsValid()) {
		return c.nameError(name.String())
	}
	if !id.IsValid() {
		return errTopicAuthorization
	}
	return c.idError(id.Interface().([16]byte))
}

func (c *call) nameError(name string) int16 {
	if !c.topic(name) {
		return errTopicAuthorization
	}
	return 0
}

func (c *call) idError(id [16]byte) int16 {
	name, known := c.topicName(id)
	if !known {
		return errUnknownTopicID
	}
	return c.nameError(name)
}

// topicName returns the name of a topic id that askNames asked for.
func (c *call) topicName(id [16]byte) (name string, known bool) {
	name, known = c.names[id]
	return name, known
}

// askNames learns the names of topic ids, all at once: the cluster is asked for unknown ones.
func (c *call) askNames(ids [][16]byte) {
	if len(ids) > 0 && c.filter.options.TopicNames != nil {
		c.names = c.filter.options.TopicNames(c.ctx, ids)
	}
}

// topicIDs returns the topic ids in a message, or in a part of one.
func topicIDs(v reflect.Value) [][16]byte { return shapeOf(v.Type()).appendTopicIDs(nil, v) }

func (s *shape) appendTopicIDs(ids [][16]byte, v reflect.Value) [][16]byte {
	if s.topicID >= 0 {
		if id := v.Field(s.topicID); !id.IsZero() {
			ids = append(ids, id.Interface().([16]byte))
		}
	}
	for _, l := range s.lists {
		if l.hasTopicIDs {
			for entries, i := v.Field(l.index), 0; i < entries.Len(); i++ {
				ids = l.entries.appendTopicIDs(ids, entries.Index(i))
			}
		}
	}
	return ids
}

// handleTopics is for APIs whose request and answer have a list Topics, that is never about all topics.
func handleTopics(c *call) {
	if c.split("Topics", "Topics", c.topicError) == 0 && len(c.denied) > 0 {
		c.answerEmpty()
	}
}

func handleListOffsets(c *call) {
	if c.req.(*kmsg.ListOffsetsRequest).ReplicaID >= 0 {
		c.denyFollower()
		return
	}
	handleTopics(c)
}

func handleOffsetForLeaderEpoch(c *call) {
	if c.req.(*kmsg.OffsetForLeaderEpochRequest).ReplicaID >= 0 {
		c.denyFollower()
		return
	}
	handleTopics(c)
}

// denyFollower denies what a broker asks that follows another.
func (c *call) denyFollower() {
	c.allowed(policy.Decision{}, "replica id", "of a broker")
	c.denyAll(errClusterAuthorization)
}
