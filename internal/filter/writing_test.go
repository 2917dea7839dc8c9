package filter

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

func produce(version, acks int16, topics ...string) *kmsg.ProduceRequest {
	req := at(version, kmsg.NewPtrProduceRequest())
	req.Acks = acks
	ids := map[string]byte{"orders": 1, "secret": 3}
	for _, name := range topics {
		req.Topics = append(req.Topics, kmsg.ProduceRequestTopic{
			Topic: name, TopicID: id(ids[name]), Partitions: []kmsg.ProduceRequestTopicPartition{{Partition: 2, Records: []byte("records")}},
		})
	}
	return req
}

func producer() policy.Policy {
	p := analyst("produce-only")
	p.ConsumerGroups, p.TransactionalIDs = policy.ConsumerGroups{}, nil
	return p
}

func TestProduceToADeniedTopicIsMerged(t *testing.T) {
	for version := int16(0); version <= 13; version++ {
		f := newFilter(t, nil, producer())
		req := produce(version, 1, "secret", "orders")
		got := forward(t, f, req).(*kmsg.ProduceRequest)
		if len(got.Topics) != 1 || string(got.Topics[0].Partitions[0].Records) != "records" {
			t.Fatalf("version %d forwards %+v", version, got.Topics)
		}
		answer := reply(t, f, req, kmsg.NewPtrProduceResponse()).(*kmsg.ProduceResponse)
		if p := answer.Topics[0].Partitions[0]; p.Partition != 2 || p.ErrorCode != errTopicAuthorization || p.BaseOffset != -1 {
			t.Errorf("version %d is answered %+v", version, p)
		}
	}
}

func TestProduceWithoutAcks(t *testing.T) {
	f := newFilter(t, nil, producer())
	forward(t, f, produce(9, 0, "orders"))
	if f.Pending() != 0 {
		t.Error("an answer is waited for")
	}
	frame, err := f.Request(t.Context(), request(1, produce(9, 0, "orders", "secret")))
	if err == nil || frame == nil || len(parse(t, frame).(*kmsg.ProduceRequest).Topics) != 1 {
		t.Errorf("what is allowed doesn't go out, or the connection goes on: %v", err)
	}
	closed(t, f, request(1, produce(9, 0, "secret")))
	closed(t, newFilter(t, nil, analyst("read-only")), request(1, produce(9, 0, "orders")))
	if f.Local() != nil {
		t.Error("there is an answer")
	}
}

func TestProduceInATransaction(t *testing.T) {
	f := newFilter(t, nil, analyst("read-write"))
	req := produce(9, 1, "orders")
	req.TransactionID = kmsg.StringPtr("other")
	if p := denied(t, f, req).(*kmsg.ProduceResponse).Topics[0].Partitions[0]; p.ErrorCode != errTransactionalID {
		t.Errorf("%+v", p)
	}
	req.TransactionID = kmsg.StringPtr("tx1")
	forward(t, f, req)
}

func TestInitProducerIDForIdempotence(t *testing.T) {
	req := at(4, kmsg.NewPtrInitProducerIDRequest())
	forward(t, newFilter(t, nil, producer()), req)
	req.TransactionalID = kmsg.StringPtr("other")
	if code := denied(t, newFilter(t, nil, producer()), req).(*kmsg.InitProducerIDResponse).ErrorCode; code != errTransactionalID {
		t.Error(code)
	}
}

func TestReadOnlyWritesNothing(t *testing.T) {
	writes := map[int16]int16{
		0: 29, 19: 29, 20: 29, 21: 29, 22: 31, 24: 53, 25: 53, 26: 53, 28: 53, 30: 31, 31: 31, 33: 31, 34: 31, 37: 29, 38: 31, 42: 30, 43: 31,
		44: 31, 45: 31, 47: 30, 49: 31, 51: 31, 57: 31, 64: 31, 80: 31, 81: 31, 88: 30, 91: 30, 92: 30,
	}
	for key, code := range writes {
		for version := int16(0); version <= kmsg.RequestForKey(key).MaxVersion(); version++ {
			req := at(version, kmsg.RequestForKey(key))
			if p, ok := req.(*kmsg.ProduceRequest); ok {
				p.Acks = 1
			}
			if got := denialCode(req); got != code {
				t.Errorf("%s has error %d, want %d", policy.APIName(key), got, code)
			}
			denied(t, newFilter(t, nil, analyst("read-only")), req)
		}
	}
}

func TestTopicsAreCreatedAndDeleted(t *testing.T) {
	for version := int16(0); version <= 6; version++ {
		f := newFilter(t, nil, analyst("full"))
		req := at(version, kmsg.NewPtrDeleteTopicsRequest())
		req.TopicNames = []string{"orders", "secret"}
		req.Topics = []kmsg.DeleteTopicsRequestTopic{{Topic: kmsg.StringPtr("orders")}, {TopicID: id(3)}, {TopicID: id(1)}}
		got := forward(t, f, req).(*kmsg.DeleteTopicsRequest)
		if n := len(got.TopicNames) + len(got.Topics); version < 6 && n != 1 || version == 6 && n != 2 {
			t.Fatalf("version %d forwards %+v", version, got)
		}
		answer := reply(t, f, req, kmsg.NewPtrDeleteTopicsResponse()).(*kmsg.DeleteTopicsResponse)
		if len(answer.Topics) != 1 || answer.Topics[0].ErrorCode != errTopicAuthorization {
			t.Errorf("version %d is answered %+v", version, answer.Topics)
		}
	}
}

func TestConfigsOfTopicsOnly(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	req := at(4, kmsg.NewPtrDescribeConfigsRequest())
	for _, r := range []struct {
		kind kmsg.ConfigResourceType
		name string
	}{{2, "orders"}, {2, "secret"}, {4, "1"}, {8, "1"}, {16, "m"}, {4, ""}} {
		req.Resources = append(req.Resources, kmsg.DescribeConfigsRequestResource{ResourceType: r.kind, ResourceName: r.name})
	}
	if got := forward(t, f, req).(*kmsg.DescribeConfigsRequest); len(got.Resources) != 1 || got.Resources[0].ResourceName != "orders" {
		t.Fatalf("%+v", got.Resources)
	}
	answer := reply(t, f, req, kmsg.NewPtrDescribeConfigsResponse()).(*kmsg.DescribeConfigsResponse)
	for i, want := range []int16{29, 31, 31, 31, 31} {
		if got := answer.Resources[i]; got.ErrorCode != want {
			t.Errorf("%+v", got)
		}
	}
}
