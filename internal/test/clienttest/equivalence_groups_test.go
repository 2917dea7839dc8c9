package clienttest

import (
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// groupRequests is topicRequests for groups, transactions and the cluster.
func groupRequests(ids map[string]kadm.TopicID) []func() kmsg.Request {
	orders, secret := [16]byte(ids["orders"]), [16]byte(ids["secret"])
	return []func() kmsg.Request{
		func() kmsg.Request {
			req := kmsg.NewPtrOffsetCommitRequest()
			req.Group = "group"
			parts := []kmsg.OffsetCommitRequestTopicPartition{kmsg.NewOffsetCommitRequestTopicPartition()}
			req.Topics = []kmsg.OffsetCommitRequestTopic{{Topic: "orders", TopicID: orders, Partitions: parts}, {Topic: "secret", TopicID: secret, Partitions: parts}}
			return req
		},
		func() kmsg.Request { return offsetsOf(nil) }, // all topics
		func() kmsg.Request {
			return offsetsOf([]kmsg.OffsetFetchRequestGroupTopic{{Topic: "orders", TopicID: orders, Partitions: []int32{0}}, {Topic: "secret", TopicID: secret, Partitions: []int32{0}}})
		},
		func() kmsg.Request {
			req := kmsg.NewPtrOffsetDeleteRequest()
			req.Group = "group"
			req.Topics = []kmsg.OffsetDeleteRequestTopic{{Topic: "orders", Partitions: []kmsg.OffsetDeleteRequestTopicPartition{{}}}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrFindCoordinatorRequest()
			req.CoordinatorKey, req.CoordinatorKeys = "group", []string{"group"}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDescribeGroupsRequest()
			req.Groups = []string{"group"}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrConsumerGroupDescribeRequest()
			req.Groups = []string{"group"}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrDeleteGroupsRequest()
			req.Groups = []string{"group"}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrJoinGroupRequest()
			req.Group, req.ProtocolType = "group", "consumer"
			req.SessionTimeoutMillis, req.RebalanceTimeoutMillis = 10000, 10000
			req.Protocols = []kmsg.JoinGroupRequestProtocol{{Name: "range"}}
			return req
		},
		func() kmsg.Request {
			req := kmsg.NewPtrConsumerGroupHeartbeatRequest()
			req.Group, req.MemberID, req.RebalanceTimeoutMillis = "group", "member", 1000
			req.SubscribedTopicNames, req.Topics = []string{"orders"}, []kmsg.ConsumerGroupHeartbeatRequestTopic{}
			return req
		},
		func() kmsg.Request { return &kmsg.HeartbeatRequest{Group: "group"} },
		func() kmsg.Request {
			return &kmsg.SyncGroupRequest{Group: "group", ProtocolType: kmsg.StringPtr("consumer"), Protocol: kmsg.StringPtr("range")}
		},
		func() kmsg.Request { return &kmsg.LeaveGroupRequest{Group: "group"} },
		func() kmsg.Request { return kmsg.NewPtrInitProducerIDRequest() },
		func() kmsg.Request {
			req := kmsg.NewPtrInitProducerIDRequest()
			req.TransactionalID, req.TransactionTimeoutMillis = kmsg.StringPtr("tx"), 1000
			return req
		},
		func() kmsg.Request { return &kmsg.EndTxnRequest{TransactionalID: "tx"} },
		func() kmsg.Request { return &kmsg.AddOffsetsToTxnRequest{TransactionalID: "tx", Group: "group"} },
		func() kmsg.Request {
			req := kmsg.NewPtrTxnOffsetCommitRequest()
			req.TransactionalID, req.Group = "tx", "group"
			req.Topics = []kmsg.TxnOffsetCommitRequestTopic{{Topic: "orders", Partitions: []kmsg.TxnOffsetCommitRequestTopicPartition{{}}}}
			return req
		},
		func() kmsg.Request { return &kmsg.DescribeTransactionsRequest{TransactionalIDs: []string{"tx"}} },
		func() kmsg.Request { return kmsg.NewPtrElectLeadersRequest() },
		func() kmsg.Request {
			req := kmsg.NewPtrDescribeACLsRequest()
			req.ResourceType, req.ResourcePatternType, req.Operation, req.PermissionType = kmsg.ACLResourceTypeAny, kmsg.ACLResourcePatternTypeAny, kmsg.ACLOperationAny, kmsg.ACLPermissionTypeAny
			return req
		},
	}
}

// offsetsOf returns a request for the offsets of a group, for versions with one group and with several.
func offsetsOf(topics []kmsg.OffsetFetchRequestGroupTopic) kmsg.Request {
	req := kmsg.NewPtrOffsetFetchRequest()
	req.Group = "group"
	for _, t := range topics {
		req.Topics = append(req.Topics, kmsg.OffsetFetchRequestTopic{Topic: t.Topic, Partitions: t.Partitions})
	}
	group := kmsg.NewOffsetFetchRequestGroup()
	group.Group, group.Topics = "group", topics
	req.Groups = append(req.Groups, group)
	return req
}
