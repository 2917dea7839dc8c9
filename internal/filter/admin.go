package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func handleDeleteTopics(c *call) {
	left := c.split("TopicNames", "Topics", c.topicError) + c.split("Topics", "Topics", c.topicError)
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
	}
}

// handleElectLeaders: no list of topics means all.
func handleElectLeaders(c *call) {
	if c.req.(*kmsg.ElectLeadersRequest).Topics != nil {
		handleTopics(c)
	} else if !c.allTopics() {
		c.denyAll(errClusterAuthorization)
	}
}

// handleListPartitionReassignments: no list of topics means all. The answer has no place for the error of
// a topic: one that isn't being reassigned isn't in it, and one that is denied neither.
func handleListPartitionReassignments(c *call) {
	if c.dropTopics(c.req.(*kmsg.ListPartitionReassignmentsRequest).Topics == nil) {
		return
	}
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ListPartitionReassignmentsResponse)
		r.Topics = slices.DeleteFunc(r.Topics, func(t kmsg.ListPartitionReassignmentsResponseTopic) bool { return !c.seesTopic(t.Topic) })
	})
}

// handleDescribeLogDirs: as with reassignments.
func handleDescribeLogDirs(c *call) {
	if c.dropTopics(c.req.(*kmsg.DescribeLogDirsRequest).Topics == nil) {
		return
	}
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.DescribeLogDirsResponse)
		for i := range r.Dirs {
			d := &r.Dirs[i]
			d.Topics = slices.DeleteFunc(d.Topics, func(t kmsg.DescribeLogDirsResponseDirTopic) bool { return !c.seesTopic(t.Topic) })
		}
	})
}

// dropTopics drops topics from the request without an error for them, and answers it if none is left.
func (c *call) dropTopics(all bool) (answered bool) {
	if all {
		return false
	}
	topics := reflect.ValueOf(c.req).Elem().FieldByName("Topics")
	kept := 0
	for i := range topics.Len() {
		if c.topicError(topics.Index(i)) == 0 {
			topics.Index(kept).Set(topics.Index(i))
			kept++
		}
	}
	dropped := kept < topics.Len()
	topics.SetLen(kept)
	if kept == 0 && dropped {
		c.answerEmpty()
		return true
	}
	return false
}

// handleAlterReplicaLogDirs: the request has topics in directories, the answer topics alone.
func handleAlterReplicaLogDirs(c *call) {
	req := c.req.(*kmsg.AlterReplicaLogDirsRequest)
	left := 0
	for i := range req.Dirs {
		left += c.splitIn(reflect.ValueOf(&req.Dirs[i]).Elem(), "Topics", "Topics", c.topicError)
	}
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
	}
}

// handleDescribeQuorum: its topic is that of the cluster's metadata, which the right to the API includes.
func handleDescribeQuorum(c *call) {
	for _, t := range c.req.(*kmsg.DescribeQuorumRequest).Topics {
		if !c.topic(t.Topic) {
			c.denyAll(errClusterAuthorization)
			return
		}
	}
}
