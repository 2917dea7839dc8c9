package filter

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// produces returns a Produce with topics of which each has partitions.
func produces(version int16, topics, partitions int) *kmsg.ProduceRequest {
	req := at(version, kmsg.NewPtrProduceRequest())
	req.Acks = 1
	req.Topics = make([]kmsg.ProduceRequestTopic, topics)
	for i := range req.Topics {
		req.Topics[i].Topic, req.Topics[i].TopicID = "orders", id(1)
		req.Topics[i].Partitions = make([]kmsg.ProduceRequestTopicPartition, partitions)
		for j := range req.Topics[i].Partitions {
			req.Topics[i].Partitions[j].Records = []byte("records")
		}
	}
	return req
}

func TestProduceOfManyTopics(t *testing.T) {
	for version := range kmsg.NewPtrProduceRequest().MaxVersion() + 1 {
		for _, n := range [][2]int{{1, maxListed}, {maxListed + 1, 0}, {maxListed/2 + 1, 1}} {
			req := produces(version, n[0], n[1])
			if _, err := checkProduced(version, req.AppendTo(nil)); err != errListed {
				t.Errorf("version %d, %d topics with %d partitions: %v", version, n[0], n[1], err)
			}
		}
		body := produces(version, maxListed/2, 1).AppendTo(nil)
		if _, err := checkProduced(version, body); err != nil {
			t.Errorf("version %d: %v", version, err)
		}
		body = produces(version, 2, 2).AppendTo(nil)
		for i := range body {
			if _, err := checkProduced(version, body[:i]); err != errShort {
				t.Errorf("version %d, %d bytes: %v", version, i, err)
			}
		}
		if _, err := checkProduced(version, append(body, 0)); err != errTrailing {
			t.Errorf("version %d with a byte behind it: %v", version, err)
		}
	}
	tagged := produces(9, 1, 1)
	for i := range uint32(maxListed) {
		tagged.UnknownTags.Set(i, nil)
	}
	if _, err := checkProduced(9, tagged.AppendTo(nil)); err != errListed {
		t.Errorf("with many tags: %v", err)
	}
	f := newFilter(t, nil, analyst("read-write"))
	if e := closed(t, f, request(1, produces(9, maxListed+1, 0))); !strings.Contains(e.Reason, errListed.Error()) {
		t.Error(e)
	}
	forward(t, f, produces(9, 2, 2))
}

func TestRequestsOfManyEntries(t *testing.T) {
	topics := at(9, kmsg.NewPtrMetadataRequest())
	topics.Topics = make([]kmsg.MetadataRequestTopic, maxListed+1)
	for i := range topics.Topics {
		topics.Topics[i].Topic = kmsg.StringPtr("x")
	}
	partitions := at(7, kmsg.NewPtrOffsetFetchRequest())
	partitions.Group = "mine"
	partitions.Topics = []kmsg.OffsetFetchRequestTopic{{Topic: "orders", Partitions: make([]int32, maxListed)}}
	groups := at(5, kmsg.NewPtrDescribeGroupsRequest())
	groups.Groups = make([]string, maxListed+1)
	for _, req := range []kmsg.Request{topics, partitions, groups} {
		f := newFilter(t, nil, analyst("full"))
		if e := closed(t, f, request(1, req)); !strings.Contains(e.Reason, errListed.Error()) {
			t.Error(e)
		}
	}
	partitions.Topics[0].Partitions = make([]int32, maxListed-1)
	forward(t, newFilter(t, nil, analyst("full")), partitions)
}

func TestDenialsOfARequestAreReportedToALimit(t *testing.T) {
	reported := 0
	f := newFilter(t, func(o *Options) { o.Denied = func(Denial) { reported++ } }, analyst("read-only"))
	req := at(9, kmsg.NewPtrMetadataRequest())
	req.Topics = make([]kmsg.MetadataRequestTopic, 10*maxReported)
	for i := range req.Topics {
		req.Topics[i].Topic = kmsg.StringPtr("secret")
	}
	forward(t, f, req)
	if reported != maxReported {
		t.Errorf("%d denials were reported", reported)
	}
}
