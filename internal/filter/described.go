package filter

import (
	"reflect"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A describedGroup has fields of a group in an answer of ConsumerGroupDescribe, or of an API like it.
type describedGroup struct {
	id           *string
	errorCode    *int16
	errorMessage **string
	operations   *int32
	topics       []any // parts that name topics
}

// filterDescribed cuts the operations of groups. Kafka hides the members of a group that has topics which the
// client may not see.
func filterDescribed[G any, P interface {
	*G
	Default()
}](c *call, groups []G, fieldsOf func(P) describedGroup) {
	for i := range groups {
		g := fieldsOf(&groups[i])
		*g.operations = c.groupOperations(*g.operations, *g.id)
		for _, part := range g.topics {
			if !c.seesAllTopicsIn(reflect.ValueOf(part)) {
				id, text := *g.id, "The group has topics that the client is not authorized to describe."
				groups[i] = *new(G)
				P(&groups[i]).Default()
				*g.id, *g.errorCode, *g.errorMessage = id, errTopicAuthorization, &text
				break
			}
		}
	}
}

func handleConsumerGroupDescribe(c *call) {
	handleGroups(c)
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ConsumerGroupDescribeResponse)
		filterDescribed(c, r.Groups, func(g *kmsg.ConsumerGroupDescribeResponseGroup) describedGroup {
			return describedGroup{&g.Group, &g.ErrorCode, &g.ErrorMessage, &g.AuthorizedOperations, []any{g.Members}}
		})
		if c.seesEveryTopic() {
			return
		}
		for i := range r.Groups {
			for j := range r.Groups[i].Members { // a pattern may say what hidden topics are called
				r.Groups[i].Members[j].SubscribedTopicRegex = nil
			}
		}
	})
}

func handleShareGroupDescribe(c *call) {
	handleGroups(c)
	c.onAnswer(func(resp kmsg.Response) {
		filterDescribed(c, resp.(*kmsg.ShareGroupDescribeResponse).Groups, func(g *kmsg.ShareGroupDescribeResponseGroup) describedGroup {
			return describedGroup{&g.GroupID, &g.ErrorCode, &g.ErrorMessage, &g.AuthorizedOperations, []any{g.Members}}
		})
	})
}

func handleStreamsGroupDescribe(c *call) {
	handleGroups(c)
	c.onAnswer(func(resp kmsg.Response) {
		filterDescribed(c, resp.(*kmsg.StreamsGroupDescribeResponse).Groups, func(g *kmsg.StreamsGroupDescribeResponseGroup) describedGroup {
			return describedGroup{&g.Group, &g.ErrorCode, &g.ErrorMessage, &g.AuthorizedOperations, []any{g.Topology, g.TopologyDescription}}
		})
	})
}
