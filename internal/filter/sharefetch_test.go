package filter

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

func TestShareSessions(t *testing.T) {
	set, err := policy.New([]policy.Policy{analyst("read-only")})
	if err != nil {
		t.Fatal(err)
	}
	f := newFilter(t, func(o *Options) { o.Rights = func() *policy.Rights { return set.Rights("prod", "ci", nil) } }, analyst("read-only"))
	group, member := "mine", "m"
	req := func(epoch int32, ids ...byte) *kmsg.ShareFetchRequest {
		req := at(1, kmsg.NewPtrShareFetchRequest())
		req.GroupID, req.MemberID, req.ShareSessionEpoch = &group, &member, epoch
		for _, n := range ids {
			req.Topics = append(req.Topics, kmsg.ShareFetchRequestTopic{TopicID: id(n), Partitions: []kmsg.ShareFetchRequestTopicPartition{{}}})
		}
		return req
	}
	notFound := func(req kmsg.Request) {
		t.Helper()
		switch resp := denied(t, f, req).(type) {
		case *kmsg.ShareFetchResponse:
			if resp.ErrorCode != errShareSessionNotFound {
				t.Errorf("error %d", resp.ErrorCode)
			}
		case *kmsg.ShareAcknowledgeResponse:
			if resp.ErrorCode != errShareSessionNotFound {
				t.Errorf("error %d", resp.ErrorCode)
			}
		}
	}
	pass := func(r *kmsg.ShareFetchRequest, topics int) *kmsg.ShareFetchResponse {
		t.Helper()
		if got := forward(t, f, r).(*kmsg.ShareFetchRequest); len(got.Topics) != topics {
			t.Errorf("forwards %+v", got.Topics)
		}
		return reply(t, f, r, kmsg.NewPtrShareFetchResponse()).(*kmsg.ShareFetchResponse)
	}

	notFound(req(1)) // begun on another connection
	if resp := pass(req(0, 1, 3), 1); resp.Topics[0].Partitions[0].ErrorCode != errTopicAuthorization {
		t.Errorf("%+v", resp.Topics)
	}
	pass(req(1), 0)
	ack := at(1, kmsg.NewPtrShareAcknowledgeRequest())
	ack.GroupID, ack.MemberID, ack.ShareSessionEpoch = &group, &member, 2
	forward(t, f, ack)
	reply(t, f, ack, kmsg.NewPtrShareAcknowledgeResponse())

	other := analyst("read-only")
	other.Topics = []string{"payments"}
	if set, err = policy.New([]policy.Policy{other}); err != nil {
		t.Fatal(err)
	}
	notFound(ack)
	notFound(req(3))
	pass(req(0), 0)
	pass(req(-1), 0)
	notFound(req(1))

	group = "theirs"
	if resp := denied(t, f, req(0)).(*kmsg.ShareFetchResponse); resp.ErrorCode != errGroupAuthorization {
		t.Errorf("error %d", resp.ErrorCode)
	}
}

// Another connection of the same member may have added topics to its session.
func TestShareFetchAnswersAreFiltered(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	group, member := "mine", "m"
	req := at(1, kmsg.NewPtrShareFetchRequest())
	req.GroupID, req.MemberID = &group, &member
	forward(t, f, req)
	resp := kmsg.NewPtrShareFetchResponse()
	for _, n := range []byte{1, 3, 9} {
		resp.Topics = append(resp.Topics, kmsg.ShareFetchResponseTopic{TopicID: id(n)})
	}
	got := reply(t, f, req, resp).(*kmsg.ShareFetchResponse)
	if len(got.Topics) != 1 || got.Topics[0].TopicID != id(1) {
		t.Errorf("%+v", got.Topics)
	}
}

// To Kafka such member ids are the same, so what one of them remembers the other would fetch.
func TestShareSessionsOfMembersThatAreNotUTF8AreDenied(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	group, member := "mine", "m\xff"
	fetch := at(1, kmsg.NewPtrShareFetchRequest())
	fetch.GroupID, fetch.MemberID = &group, &member
	if resp := denied(t, f, fetch).(*kmsg.ShareFetchResponse); resp.ErrorCode != errGroupAuthorization {
		t.Errorf("error %d", resp.ErrorCode)
	}
}
