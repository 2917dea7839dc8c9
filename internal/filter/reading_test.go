package filter

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestFetchOfADeniedTopicIsMerged(t *testing.T) {
	for version := int16(0); version <= 18; version++ {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(version, kmsg.NewPtrFetchRequest())
		req.SessionEpoch = 0
		req.Topics = []kmsg.FetchRequestTopic{
			{Topic: "secret", TopicID: id(3), Partitions: []kmsg.FetchRequestTopicPartition{{Partition: 4}, {Partition: 5}}},
			{Topic: "orders", TopicID: id(1), Partitions: []kmsg.FetchRequestTopicPartition{{Partition: 1}}},
			{Topic: "__secret", TopicID: id(9), Partitions: []kmsg.FetchRequestTopicPartition{{Partition: 6}}},
		}
		got := forward(t, f, req).(*kmsg.FetchRequest)
		if len(got.Topics) != 1 || got.Topics[0].Topic != "orders" && got.Topics[0].TopicID != id(1) {
			t.Fatalf("version %d forwards %v", version, got.Topics)
		}
		if got.SessionEpoch != finalEpoch {
			t.Errorf("version %d begins a session", version)
		}
		resp := kmsg.NewPtrFetchResponse()
		resp.Topics = []kmsg.FetchResponseTopic{{Topic: "orders", TopicID: id(1), Partitions: []kmsg.FetchResponseTopicPartition{{Partition: 1, RecordBatches: []byte("data")}}}}
		answer := reply(t, f, req, resp).(*kmsg.FetchResponse)
		if len(answer.Topics) != 3 || string(answer.Topics[0].Partitions[0].RecordBatches) != "data" {
			t.Fatalf("version %d is answered %+v", version, answer.Topics)
		}
		p := answer.Topics[1].Partitions
		if len(p) != 2 || p[1].Partition != 5 || p[0].ErrorCode != errTopicAuthorization || p[0].HighWatermark != -1 {
			t.Errorf("version %d: the denied topic is answered %+v", version, p[0].ErrorCode)
		}
		want := int16(errTopicAuthorization)
		if version >= 13 {
			want = errUnknownTopicID
		}
		if code := answer.Topics[2].Partitions[0].ErrorCode; code != want {
			t.Errorf("version %d: the unknown topic has error %d", version, code)
		}
	}
}

func TestFetchThatIsAllowedIsAnsweredUnparsed(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	req := at(17, kmsg.NewPtrFetchRequest())
	req.SessionEpoch = 0
	req.Topics = []kmsg.FetchRequestTopic{{TopicID: id(1), Partitions: []kmsg.FetchRequestTopicPartition{{}}}}
	forward(t, f, req)
	rewrite, err := f.Response(7, 1<<20)
	if rewrite != nil || err != nil {
		t.Error("the answer would be parsed", err)
	}
}

func TestFetchSessionsAreOff(t *testing.T) {
	for _, session := range []struct{ id, epoch int32 }{{5, 0}, {5, 1}, {0, 3}, {5, -1}} {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(17, kmsg.NewPtrFetchRequest())
		req.SessionID, req.SessionEpoch = session.id, session.epoch
		if code := denied(t, f, req).(*kmsg.FetchResponse).ErrorCode; code != errFetchSessionIDNotFound {
			t.Errorf("session %v is answered %d", session, code)
		}
	}
}

func TestFollowersAreDenied(t *testing.T) {
	fetch, tag := at(14, kmsg.NewPtrFetchRequest()), at(15, kmsg.NewPtrFetchRequest())
	fetch.ReplicaID, tag.ReplicaState.ID = 1, 0
	list, epoch := at(7, kmsg.NewPtrListOffsetsRequest()), at(4, kmsg.NewPtrOffsetForLeaderEpochRequest())
	list.ReplicaID, epoch.ReplicaID = 0, 2
	for _, req := range []kmsg.Request{fetch, tag, list, epoch} {
		denied(t, newFilter(t, nil, analyst("read-only")), req)
	}
}

func TestMetadata(t *testing.T) {
	for version := int16(0); version <= 13; version++ {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(version, kmsg.NewPtrMetadataRequest())
		req.AllowAutoTopicCreation = true
		for _, name := range []string{"orders", "secret"} {
			req.Topics = append(req.Topics, kmsg.MetadataRequestTopic{Topic: kmsg.StringPtr(name)})
		}
		if version == 0 {
			resp := denied(t, f, req).(*kmsg.MetadataResponse)
			if len(resp.Topics) != 2 || resp.Topics[0].ErrorCode != errUnsupportedVersion && resp.Topics[1].ErrorCode != errUnsupportedVersion {
				t.Errorf("version 0 is answered %+v", resp.Topics)
			}
			continue
		}
		got := forward(t, f, req).(*kmsg.MetadataRequest)
		want := 1
		if version < minMetadata {
			want = 0
		}
		if got.Topics == nil || len(got.Topics) != want || got.AllowAutoTopicCreation && version >= 4 {
			t.Errorf("version %d forwards %+v", version, got)
		}
		answer := reply(t, f, req, kmsg.NewPtrMetadataResponse()).(*kmsg.MetadataResponse)
		last := answer.Topics[len(answer.Topics)-1]
		if *last.Topic != "secret" || last.ErrorCode != errTopicAuthorization {
			t.Errorf("version %d is answered %+v", version, answer.Topics)
		}
	}
}

func TestMetadataOfAllIsFiltered(t *testing.T) {
	for version := int16(0); version <= 13; version++ {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(version, kmsg.NewPtrMetadataRequest())
		req.IncludeTopicAuthorizedOperations = true
		forward(t, f, req)
		resp := kmsg.NewPtrMetadataResponse()
		for _, name := range []string{"orders", "secret", "__consumer_offsets"} {
			topic := kmsg.NewMetadataResponseTopic()
			topic.Topic, topic.AuthorizedOperations = kmsg.StringPtr(name), opRead|opWrite|opDescribe
			resp.Topics = append(resp.Topics, topic)
		}
		answer := reply(t, f, req, resp).(*kmsg.MetadataResponse)
		if len(answer.Topics) != 1 || *answer.Topics[0].Topic != "orders" {
			t.Fatalf("version %d is answered %+v", version, answer.Topics)
		}
		if ops := answer.Topics[0].AuthorizedOperations; version >= 8 && ops != opRead|opDescribe {
			t.Errorf("version %d allows %b", version, ops)
		}
	}
}

func TestMetadataByID(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	req := at(12, kmsg.NewPtrMetadataRequest())
	for _, n := range []byte{1, 3, 9} {
		req.Topics = append(req.Topics, kmsg.MetadataRequestTopic{TopicID: id(n), Topic: kmsg.StringPtr("orders")})
	}
	got := forward(t, f, req).(*kmsg.MetadataRequest)
	if len(got.Topics) != 1 || got.Topics[0].TopicID != id(1) || got.Topics[0].Topic != nil {
		t.Fatalf("%+v", got.Topics)
	}
	answer := reply(t, f, req, kmsg.NewPtrMetadataResponse()).(*kmsg.MetadataResponse)
	if len(answer.Topics) != 2 || answer.Topics[0].ErrorCode != errTopicAuthorization || answer.Topics[1].ErrorCode != errUnknownTopicID {
		t.Errorf("%+v", answer.Topics)
	}
}

func TestTopicsAreCreatedByMetadataIfThatIsAllowed(t *testing.T) {
	f := newFilter(t, nil, analyst("full"))
	for version := int16(0); version <= 13; version++ {
		req := at(version, kmsg.NewPtrMetadataRequest())
		req.AllowAutoTopicCreation = true
		req.Topics = []kmsg.MetadataRequestTopic{{Topic: kmsg.StringPtr("orders")}}
		if got := forward(t, f, req).(*kmsg.MetadataRequest); len(got.Topics) != 1 || !got.AllowAutoTopicCreation && version >= 4 {
			t.Errorf("version %d: %+v", version, got)
		}
	}
}

func TestOffsetFetch(t *testing.T) {
	for version := int16(0); version <= 10; version++ {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(version, kmsg.NewPtrOffsetFetchRequest())
		req.Group = "any"
		group := kmsg.OffsetFetchRequestGroup{Group: "any"}
		for n, name := range []string{"orders", "orders-eu", "secret"} {
			req.Topics = append(req.Topics, kmsg.OffsetFetchRequestTopic{Topic: name, Partitions: []int32{1}})
			group.Topics = append(group.Topics, kmsg.OffsetFetchRequestGroupTopic{Topic: name, TopicID: id(byte(n + 1)), Partitions: []int32{1}})
		}
		req.Groups = []kmsg.OffsetFetchRequestGroup{group, {Group: "_hidden"}}
		got := forward(t, f, req).(*kmsg.OffsetFetchRequest)
		if version < 8 && len(got.Topics) != 2 || version >= 8 && (len(got.Groups) != 1 || len(got.Groups[0].Topics) != 2) {
			t.Fatalf("version %d forwards %+v", version, got)
		}
		resp := kmsg.NewPtrOffsetFetchResponse()
		resp.Groups = []kmsg.OffsetFetchResponseGroup{{Group: "any"}}
		answer := reply(t, f, req, resp).(*kmsg.OffsetFetchResponse)
		if version < 8 {
			if p := answer.Topics[0].Partitions[0]; answer.Topics[0].Topic != "secret" || p.ErrorCode != errTopicAuthorization || p.Partition != 1 {
				t.Errorf("version %d is answered %+v", version, answer.Topics)
			}
			continue
		}
		if g := answer.Groups[0]; g.Topics[0].Partitions[0].ErrorCode != errTopicAuthorization {
			t.Errorf("version %d is answered %+v", version, g)
		}
		if g := answer.Groups[1]; g.Group != "_hidden" || g.ErrorCode != errGroupAuthorization {
			t.Errorf("version %d is answered %+v", version, g)
		}
	}
}

func TestOffsetFetchOfAllIsFiltered(t *testing.T) {
	for version := int16(2); version <= 10; version++ {
		f := newFilter(t, nil, analyst("read-only"))
		req := at(version, kmsg.NewPtrOffsetFetchRequest())
		req.Group = "any"
		req.Groups = []kmsg.OffsetFetchRequestGroup{{Group: "any"}}
		forward(t, f, req)
		resp := kmsg.NewPtrOffsetFetchResponse()
		g := kmsg.OffsetFetchResponseGroup{Group: "any"}
		for n, name := range []string{"orders", "", "secret"} {
			resp.Topics = append(resp.Topics, kmsg.OffsetFetchResponseTopic{Topic: name})
			g.Topics = append(g.Topics, kmsg.OffsetFetchResponseGroupTopic{Topic: name, TopicID: id([]byte{1, 9, 3}[n])})
		}
		resp.Groups = []kmsg.OffsetFetchResponseGroup{g}
		answer := reply(t, f, req, resp).(*kmsg.OffsetFetchResponse)
		n := len(answer.Topics)
		if version >= 8 {
			n = len(answer.Groups[0].Topics)
		}
		if n != 1 {
			t.Errorf("version %d shows %+v", version, answer)
		}
	}
}

func TestObservedIsLetThroughAndReported(t *testing.T) {
	p := analyst("read-only")
	p.Observe = true
	var got []Denial
	f := newFilter(t, func(o *Options) { o.Denied = func(d Denial) { got = append(got, d) } }, p)
	req := at(7, kmsg.NewPtrListOffsetsRequest())
	req.ReplicaID = -1
	req.Topics = []kmsg.ListOffsetsRequestTopic{{Topic: "orders"}, {Topic: "secret"}}
	if r := forward(t, f, req).(*kmsg.ListOffsetsRequest); len(r.Topics) != 2 {
		t.Fatal(r.Topics)
	}
	if len(got) != 1 || got[0] != (Denial{API: "ListOffsets", Version: 7, Resource: "topic secret", Observed: true}) {
		t.Errorf("%+v", got)
	}
}
