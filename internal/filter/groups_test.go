package filter

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

func TestGroupsThatMayBeJoined(t *testing.T) {
	for _, group := range []string{"mine-1", "theirs"} {
		for _, req := range []kmsg.Request{
			&kmsg.JoinGroupRequest{Version: 9, Group: group},
			&kmsg.SyncGroupRequest{Version: 5, Group: group},
			&kmsg.HeartbeatRequest{Version: 4, Group: group},
			&kmsg.LeaveGroupRequest{Version: 2, Group: group},
			&kmsg.ConsumerGroupHeartbeatRequest{Version: 1, Group: group},
			&kmsg.ShareGroupHeartbeatRequest{Version: 1, GroupID: group},
		} {
			f := newFilter(t, nil, analyst("read-only"))
			if group == "mine-1" {
				forward(t, f, req)
			} else if resp := denied(t, f, req); errorCode(resp) != errGroupAuthorization {
				t.Errorf("%T is answered %+v", req, resp)
			}
		}
	}
}

func errorCode(resp kmsg.Response) int16 {
	switch r := resp.(type) {
	case *kmsg.JoinGroupResponse:
		return r.ErrorCode
	case *kmsg.SyncGroupResponse:
		return r.ErrorCode
	case *kmsg.HeartbeatResponse:
		return r.ErrorCode
	case *kmsg.LeaveGroupResponse:
		return r.ErrorCode
	case *kmsg.ConsumerGroupHeartbeatResponse:
		return r.ErrorCode
	case *kmsg.ShareGroupHeartbeatResponse:
		return r.ErrorCode
	}
	return 0
}

func TestSubscriptionsNameAllowedTopics(t *testing.T) {
	regex, none := "orders.*", ""
	for _, test := range []struct {
		topics []string
		regex  *string
		ok     bool
	}{
		{[]string{"orders"}, nil, true}, {[]string{"orders", "secret"}, nil, false}, {nil, &regex, false}, {nil, &none, true},
	} {
		f := newFilter(t, nil, analyst("read-only"))
		req := &kmsg.ConsumerGroupHeartbeatRequest{Version: 1, Group: "mine", SubscribedTopicNames: test.topics, SubscribedTopicRegex: test.regex}
		if test.ok {
			forward(t, f, req)
		} else if code := errorCode(denied(t, f, req)); code != errTopicAuthorization {
			t.Errorf("%+v: error %d", test, code)
		}
	}
	all := analyst("read-only")
	all.Topics = []string{"*", "_*"}
	forward(t, newFilter(t, nil, all), &kmsg.ConsumerGroupHeartbeatRequest{Version: 1, Group: "mine", SubscribedTopicRegex: &regex})
	all.Topics = []string{"*"}
	denied(t, newFilter(t, nil, all), &kmsg.ConsumerGroupHeartbeatRequest{Version: 1, Group: "mine", SubscribedTopicRegex: &regex})
}

func TestListGroupsIsFiltered(t *testing.T) {
	for version := int16(0); version <= 5; version++ {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(version, kmsg.NewPtrListGroupsRequest())
		forward(t, f, req)
		resp := &kmsg.ListGroupsResponse{Groups: []kmsg.ListGroupsResponseGroup{{Group: "a"}, {Group: "_b"}}}
		if got := reply(t, f, req, resp).(*kmsg.ListGroupsResponse); len(got.Groups) != 1 || got.Groups[0].Group != "a" {
			t.Errorf("version %d shows %+v", version, got.Groups)
		}
	}
}

func TestDescribedGroupsShowAllowedTopics(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	req := &kmsg.DescribeGroupsRequest{Version: 5, Groups: []string{"a", "_b"}}
	if got := forward(t, f, req).(*kmsg.DescribeGroupsRequest); len(got.Groups) != 1 {
		t.Fatal(got.Groups)
	}
	sub := kmsg.ConsumerMemberMetadata{Version: 1, Topics: []string{"orders", "secret"}, UserData: []byte("secret")}
	assigned := kmsg.ConsumerMemberAssignment{Topics: []kmsg.ConsumerMemberAssignmentTopic{{Topic: "secret"}}}
	resp := &kmsg.DescribeGroupsResponse{Groups: []kmsg.DescribeGroupsResponseGroup{{Group: "a", ProtocolType: "consumer", AuthorizedOperations: -1, Members: []kmsg.DescribeGroupsResponseGroupMember{
		{ProtocolMetadata: sub.AppendTo(nil), MemberAssignment: assigned.AppendTo(nil)},
		{ProtocolMetadata: []byte("secret")},
	}}}}
	got := reply(t, f, req, resp).(*kmsg.DescribeGroupsResponse)
	if len(got.Groups) != 2 || got.Groups[1].ErrorCode != errGroupAuthorization || got.Groups[1].Group != "_b" {
		t.Fatalf("%+v", got.Groups)
	}
	if ops := got.Groups[0].AuthorizedOperations; ops != opDescribe|opDescribeConfigs {
		t.Errorf("operations %b", ops)
	}
	m := got.Groups[0].Members[0]
	if sub.ReadFrom(m.ProtocolMetadata) != nil || len(sub.Topics) != 1 || len(sub.UserData) != 0 || len(got.Groups[0].Members[1].ProtocolMetadata) != 0 {
		t.Errorf("%+v", sub)
	}
	if assigned.ReadFrom(m.MemberAssignment) != nil || len(assigned.Topics) != 0 {
		t.Errorf("%+v", assigned)
	}
}

func TestMembersOfAGroupWithHiddenTopicsAreHidden(t *testing.T) {
	for _, topic := range []string{"orders", "secret"} {
		f := newFilter(t, nil, analyst("read-only"))
		req := &kmsg.ConsumerGroupDescribeRequest{Version: 1, Groups: []string{"a"}}
		forward(t, f, req)
		member := kmsg.NewConsumerGroupDescribeResponseGroupMember()
		member.TargetAssignment.TopicPartitions = []kmsg.AssignmentTopicPartition{{Topic: topic}}
		group := kmsg.NewConsumerGroupDescribeResponseGroup()
		group.Group, group.Members = "a", append(group.Members, member)
		got := reply(t, f, req, &kmsg.ConsumerGroupDescribeResponse{Groups: []kmsg.ConsumerGroupDescribeResponseGroup{group}}).(*kmsg.ConsumerGroupDescribeResponse)
		if g := got.Groups[0]; topic == "orders" && g.ErrorCode != 0 || topic == "secret" && (g.ErrorCode != errTopicAuthorization || len(g.Members) != 0) {
			t.Errorf("%s: %+v", topic, g)
		}
	}
}

func TestPatternsOfMembersAreHidden(t *testing.T) {
	every := analyst("read-only")
	every.Topics = []string{"*", "_*"}
	for _, p := range []policy.Policy{analyst("read-only"), every} {
		f := newFilter(t, nil, p)
		req := &kmsg.ConsumerGroupDescribeRequest{Version: 1, Groups: []string{"a"}}
		forward(t, f, req)
		member := kmsg.NewConsumerGroupDescribeResponseGroupMember()
		member.SubscribedTopicRegex = kmsg.StringPtr("secret-of-.*")
		group := kmsg.NewConsumerGroupDescribeResponseGroup()
		group.Group, group.Members = "a", append(group.Members, member)
		got := reply(t, f, req, &kmsg.ConsumerGroupDescribeResponse{Groups: []kmsg.ConsumerGroupDescribeResponseGroup{group}}).(*kmsg.ConsumerGroupDescribeResponse)
		if shown := got.Groups[0].Members[0].SubscribedTopicRegex != nil; shown != (len(p.Topics) == 2) {
			t.Errorf("topics %q: shown: %v", p.Topics, shown)
		}
	}
}

func TestCoordinators(t *testing.T) {
	for version := int16(0); version <= 6; version++ {
		for kind, names := range map[int8][2]string{0: {"a", "_b"}, 1: {"tx1", "other"}, 2: {"", "a:b:1"}} {
			if version == 0 && kind > 0 {
				continue
			}
			f := newFilter(t, nil, analyst("read-write"))
			req := &kmsg.FindCoordinatorRequest{Version: version, CoordinatorType: kind, CoordinatorKey: names[1], CoordinatorKeys: []string{names[1]}}
			got := denied(t, f, req).(*kmsg.FindCoordinatorResponse)
			code, node := got.ErrorCode, got.NodeID
			if version >= 4 {
				code, node = got.Coordinators[0].ErrorCode, got.Coordinators[0].NodeID
			}
			if code != coordinatorCode(kind) || node != -1 {
				t.Errorf("version %d: %+v", version, got)
			}
			if kind < 2 {
				req.CoordinatorKey, req.CoordinatorKeys = names[0], []string{names[0]}
				forward(t, f, req)
			}
		}
	}
}
