package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// handleMetadata: a broker creates topics that Metadata names if the request doesn't say otherwise, which
// it can from version 4 on.
func handleMetadata(c *call) {
	req := c.req.(*kmsg.MetadataRequest)
	all := req.Topics == nil || c.version == 0 && len(req.Topics) == 0
	req.AllowAutoTopicCreation = req.AllowAutoTopicCreation && !all && c.createsAll(req.Topics)
	if !all && c.split("Topics", "Topics", c.metadataError) == 0 && c.version == 0 {
		c.answerEmpty() // no topics would be all
		return
	}
	if all || req.IncludeTopicAuthorizedOperations || req.IncludeClusterAuthorizedOperations {
		c.onAnswer(func(resp kmsg.Response) { c.filterMetadata(resp.(*kmsg.MetadataResponse), all) })
	}
}

// metadataError is topicError, and refuses versions that would create a topic.
func (c *call) metadataError(entry reflect.Value) int16 {
	if code := c.topicError(entry); code != 0 {
		return code
	}
	name := entry.FieldByName("Topic").Elem().String()
	if c.version < minMetadata && !c.creates(name) {
		c.allowed(policy.Decision{}, "creation of topic", name)
		return errUnsupportedVersion
	}
	return 0
}

func (c *call) creates(topic string) bool {
	return let(c.rights.API(keyCreateTopics, 0)) && let(c.rights.Topic(keyCreateTopics, topic))
}

func (c *call) createsAll(topics []kmsg.MetadataRequestTopic) bool {
	return !slices.ContainsFunc(topics, func(t kmsg.MetadataRequestTopic) bool {
		return t.Topic != nil && !c.creates(*t.Topic)
	})
}

func (c *call) filterMetadata(resp *kmsg.MetadataResponse, all bool) {
	resp.Topics = slices.DeleteFunc(resp.Topics, func(t kmsg.MetadataResponseTopic) bool {
		return all && (t.Topic == nil || !c.seesTopic(*t.Topic))
	})
	for i := range resp.Topics {
		t := &resp.Topics[i]
		t.AuthorizedOperations = c.topicOperations(t.AuthorizedOperations, t.Topic)
	}
	resp.AuthorizedOperations = c.clusterOperations(resp.AuthorizedOperations)
}

// handleDescribeTopicPartitions: a request without topics is about all, in pages.
func handleDescribeTopicPartitions(c *call) {
	req := c.req.(*kmsg.DescribeTopicPartitionsRequest)
	all := len(req.Topics) == 0
	if !all && c.split("Topics", "Topics", c.topicError) == 0 {
		c.answerEmpty()
		return
	}
	if req.Cursor != nil {
		topic, ok := processCursors.open(req.Cursor.Topic)
		switch {
		case ok:
			req.Cursor.Topic = topic
		case !c.topic(req.Cursor.Topic):
			c.answerEmpty()
			return
		}
	}
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.DescribeTopicPartitionsResponse)
		r.Topics = slices.DeleteFunc(r.Topics, func(t kmsg.DescribeTopicPartitionsResponseTopic) bool {
			return all && (t.Topic == nil || !c.seesTopic(*t.Topic))
		})
		for i := range r.Topics {
			t := &r.Topics[i]
			t.AuthorizedOperations = c.topicOperations(t.AuthorizedOperations, t.Topic)
		}
		if r.NextCursor != nil && !c.seesTopic(r.NextCursor.Topic) {
			r.NextCursor.Topic = processCursors.seal(r.NextCursor.Topic)
		}
	})
}

func handleDescribeCluster(c *call) {
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.DescribeClusterResponse)
		r.ClusterAuthorizedOperations = c.clusterOperations(r.ClusterAuthorizedOperations)
	})
}
