package clienttest

import (
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func metadataOf(topics ...string) *kmsg.MetadataRequest {
	req := kmsg.NewPtrMetadataRequest()
	for _, topic := range topics {
		req.Topics = append(req.Topics, kmsg.MetadataRequestTopic{Topic: &topic})
	}
	return req
}

// topicRequests returns functions that make requests about a topic that a reader may read, and one that it
// may not. A client sets a request's version, so each is sent once.
func topicRequests(ids map[string]kadm.TopicID) []func() kmsg.Request {
	orders, secret := [16]byte(ids["orders"]), [16]byte(ids["secret"])
	return []func() kmsg.Request{
		func() kmsg.Request { return metadataOf("orders", "secret", "orders-missing", "missing") },
		func() kmsg.Request { return kmsg.NewPtrMetadataRequest() }, // all
		func() kmsg.Request {
			req := kmsg.NewPtrFetchRequest()
			req.MinBytes, req.MaxWaitMillis, req.MaxBytes = 0, 0, 1<<20
			part := kmsg.NewFetchRequestTopicPartition()
			part.PartitionMaxBytes = 1 << 20
			parts := []kmsg.FetchRequestTopicPartition{part}
			req.Topics = []kmsg.FetchRequestTopic{{Topic: "orders", TopicID: orders, Partitions: parts}, {Topic: "secret", TopicID: secret, Partitions: parts}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrProduceRequest()
			req.Acks, req.TimeoutMillis = 1, 1000
			parts := []kmsg.ProduceRequestTopicPartition{{Records: []byte{}}}
			req.Topics = []kmsg.ProduceRequestTopic{{Topic: "orders", TopicID: orders, Partitions: parts}, {Topic: "secret", TopicID: secret, Partitions: parts}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrListOffsetsRequest()
			part := kmsg.NewListOffsetsRequestTopicPartition()
			part.Timestamp = -1
			parts := []kmsg.ListOffsetsRequestTopicPartition{part}
			req.Topics = []kmsg.ListOffsetsRequestTopic{{Topic: "orders", Partitions: parts}, {Topic: "secret", Partitions: parts}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrOffsetForLeaderEpochRequest()
			parts := []kmsg.OffsetForLeaderEpochRequestTopicPartition{kmsg.NewOffsetForLeaderEpochRequestTopicPartition()}
			req.Topics = []kmsg.OffsetForLeaderEpochRequestTopic{{Topic: "orders", Partitions: parts}, {Topic: "secret", Partitions: parts}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrCreateTopicsRequest()
			req.TimeoutMillis = 1000
			for _, name := range []string{"orders-made", "made"} {
				topic := kmsg.NewCreateTopicsRequestTopic()
				topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, 1, 1
				req.Topics = append(req.Topics, topic)
			}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDeleteTopicsRequest()
			req.TimeoutMillis = 1000
			req.TopicNames = []string{"orders", "secret"}
			for _, name := range req.TopicNames {
				req.Topics = append(req.Topics, kmsg.DeleteTopicsRequestTopic{Topic: &name})
			}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDeleteRecordsRequest()
			req.TimeoutMillis = 1000
			parts := []kmsg.DeleteRecordsRequestTopicPartition{{Offset: 1}}
			req.Topics = []kmsg.DeleteRecordsRequestTopic{{Topic: "orders", Partitions: parts}, {Topic: "secret", Partitions: parts}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrCreatePartitionsRequest()
			req.TimeoutMillis = 1000
			req.Topics = []kmsg.CreatePartitionsRequestTopic{{Topic: "orders", Count: 2}, {Topic: "secret", Count: 2}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDescribeConfigsRequest()
			for _, name := range []string{"orders", "secret"} {
				req.Resources = append(req.Resources, kmsg.DescribeConfigsRequestResource{ResourceType: kmsg.ConfigResourceTypeTopic, ResourceName: name})
			}
			req.Resources = append(req.Resources, kmsg.DescribeConfigsRequestResource{ResourceType: kmsg.ConfigResourceTypeBroker, ResourceName: "0"})
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrIncrementalAlterConfigsRequest()
			for _, name := range []string{"orders", "secret"} {
				req.Resources = append(req.Resources, kmsg.IncrementalAlterConfigsRequestResource{
					ResourceType: kmsg.ConfigResourceTypeTopic, ResourceName: name,
					Configs: []kmsg.IncrementalAlterConfigsRequestResourceConfig{{Name: "retention.ms", Value: kmsg.StringPtr("1000")}},
				})
			}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDescribeTopicPartitionsRequest()
			req.ResponsePartitionLimit = 10
			req.Topics = []kmsg.DescribeTopicPartitionsRequestTopic{{Topic: "orders"}, {Topic: "secret"}, {Topic: "missing"}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDescribeProducersRequest()
			req.Topics = []kmsg.DescribeProducersRequestTopic{{Topic: "orders", Partitions: []int32{0}}, {Topic: "secret", Partitions: []int32{0}}}
			return req
		},
	}
}
