package filter

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// How much of share sessions a connection remembers.
const (
	maxShareSessions = 16
	maxShareTopics   = 1024
)

// shareSessions are the topics of the share sessions that the client began on this connection. Unlike a
// fetch, a share fetch can't do without a session, and names its topics once. So the filter remembers them,
// and checks them with each request.
type shareSessions map[shareKey]map[[16]byte]bool

type shareKey struct{ group, member string }

// handleShareFetch: a session that the filter doesn't know, or that has topics to which the client lost the
// right, is answered as one that the broker doesn't know. Then a client begins another.
func handleShareFetch(c *call) {
	req := c.req.(*kmsg.ShareFetchRequest)
	topics, ok := c.shareSession(req.GroupID, req.MemberID, req.ShareSessionEpoch, req.ShareSessionEpoch == 0)
	if !ok {
		return
	}
	kept := req.ForgottenTopicsData[:0]
	for _, t := range req.ForgottenTopicsData {
		if topics[t.TopicID] {
			kept = append(kept, t)
		}
	}
	req.ForgottenTopicsData = kept
	c.split("Topics", "Topics", c.topicError)
	for _, t := range req.Topics {
		topics[t.TopicID] = true
	}
	if len(topics) > maxShareTopics {
		c.denyShareSession(req.GroupID, req.MemberID)
		return
	}
	// Whoever knows the member's id can change its session on another connection.
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ShareFetchResponse)
		c.askNames(topicIDs(reflect.ValueOf(r).Elem()))
		r.Topics = slices.DeleteFunc(r.Topics, func(t kmsg.ShareFetchResponseTopic) bool {
			name, known := c.topicName(t.TopicID)
			return !known || !c.seesTopic(name)
		})
	})
}

func handleShareAcknowledge(c *call) {
	req := c.req.(*kmsg.ShareAcknowledgeRequest)
	if _, ok := c.shareSession(req.GroupID, req.MemberID, req.ShareSessionEpoch, false); ok {
		c.split("Topics", "Topics", c.topicError)
	}
}

// shareSession returns the topics of the session, or answers the request.
func (c *call) shareSession(group, member *string, epoch int32, begins bool) (map[[16]byte]bool, bool) {
	// Kafka reads several texts that aren't UTF-8 as the same: they would be one session there, and two here.
	if group == nil || member == nil || !utf8.ValidString(*member) || !c.group(*group) {
		c.denyAll(errGroupAuthorization)
		return nil, false
	}
	sessions := c.filter.share
	key := shareKey{*group, *member}
	topics, known := sessions[key]
	if begins {
		key = shareKey{strings.Clone(*group), strings.Clone(*member)}
		if !known && len(sessions) >= maxShareSessions {
			clear(sessions)
		}
		topics = map[[16]byte]bool{}
		sessions[key] = topics
		return topics, true
	}
	if !known || c.anyDenied(topics) {
		c.denyShareSession(group, member)
		return nil, false
	}
	if epoch == finalEpoch {
		delete(sessions, key)
	}
	return topics, true
}

func (c *call) anyDenied(topics map[[16]byte]bool) bool {
	c.askNames(slices.Collect(maps.Keys(topics)))
	for id := range topics {
		if c.idError(id) != 0 {
			return true
		}
	}
	return false
}

// denyShareSession forgets a session, and answers that there is none.
func (c *call) denyShareSession(group, member *string) {
	delete(c.filter.share, shareKey{*group, *member})
	c.denied = nil
	c.answerEmpty()
	reflect.ValueOf(c.local).Elem().FieldByName("ErrorCode").SetInt(errShareSessionNotFound)
}
