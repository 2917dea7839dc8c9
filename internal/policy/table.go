package policy

import "math"

// Why an API is never allowed, or by its name only.
const (
	controllerOnly = "only controllers and brokers use it among themselves"
	removed        = "Kafka 4.0 removed it"
	shareState     = "only brokers use it among themselves, for the state of share groups"
	telemetry      = "it would send the figures of the user's client to the cluster"
	aclsNamed      = "it is about who may do what in the cluster"
	scramNamed     = "it is about the users of the cluster"
	quotasNamed    = "it is about the quotas of all users"
	tokensNamed    = "it is about credentials"
	notHeld        = "the bridge has the credentials for this cluster: clients neither authenticate nor get tokens for them"
	clusterNamed   = "it changes what the cluster consists of"
)

// table is what policies know of Kafka's APIs: all that kmsg and Apache Kafka 4.3 know. What isn't here is
// denied.
var table = []api{
	{key: 0, name: "Produce", in: producing, names: topics | transactionalIDs, optional: transactionalIDs},
	{key: 1, name: "Fetch", in: reading, names: topics},
	{key: 2, name: "ListOffsets", in: describing, names: topics},
	{key: 3, name: "Metadata", in: describing | produceOnly, names: topics},
	{key: 4, name: "LeaderAndIsr", never: removed, maxVersion: -1},
	{key: 5, name: "StopReplica", never: removed, maxVersion: -1},
	{key: 6, name: "UpdateMetadata", never: removed, maxVersion: -1},
	{key: 7, name: "ControlledShutdown", never: removed, maxVersion: -1},
	{key: 8, name: "OffsetCommit", in: reading, names: groups | topics, joins: true},
	{key: 9, name: "OffsetFetch", in: describing, names: groups | topics},
	// A share group's coordinator is found by group, topic id and partition.
	{key: 10, name: "FindCoordinator", in: describing, names: groups | transactionalIDs | topics, optional: groups | transactionalIDs | topics},
	{key: 11, name: "JoinGroup", in: reading, names: groups, joins: true},
	{key: 12, name: "Heartbeat", in: reading, names: groups, joins: true},
	{key: 13, name: "LeaveGroup", in: reading, names: groups, joins: true},
	{key: 14, name: "SyncGroup", in: reading, names: groups, joins: true},
	{key: 15, name: "DescribeGroups", in: describing, names: groups},
	{key: 16, name: "ListGroups", in: describing, names: groups},
	{key: 17, name: "SaslHandshake", always: true, notHeld: true},
	{key: 18, name: "ApiVersions", always: true},
	{key: 19, name: "CreateTopics", in: managing, names: topics},
	{key: 20, name: "DeleteTopics", in: managing, names: topics},
	{key: 21, name: "DeleteRecords", in: managing, names: topics},
	{key: 22, name: "InitProducerId", in: producing, names: transactionalIDs, optional: transactionalIDs, alone: true},
	{key: 23, name: "OffsetForLeaderEpoch", in: reading, names: topics},
	// From version 4 it is for brokers, which verify transactions with it.
	{key: 24, name: "AddPartitionsToTxn", in: writing, names: transactionalIDs | topics, never: controllerOnly, maxVersion: 3},
	{key: 25, name: "AddOffsetsToTxn", in: writing, names: transactionalIDs | groups, joins: true},
	{key: 26, name: "EndTxn", in: writing, names: transactionalIDs},
	{key: 27, name: "WriteTxnMarkers", names: topics, never: controllerOnly, maxVersion: -1},
	{key: 28, name: "TxnOffsetCommit", in: writing, names: transactionalIDs | groups | topics, joins: true},
	{key: 29, name: "DescribeAcls", named: aclsNamed},
	{key: 30, name: "CreateAcls", named: aclsNamed},
	{key: 31, name: "DeleteAcls", named: aclsNamed},
	{key: 32, name: "DescribeConfigs", in: describing, names: topics | groups, optional: topics | groups, brokers: true, inBrokers: full},
	{key: 33, name: "AlterConfigs", in: managing, names: topics | groups, optional: topics | groups, joins: true, brokers: true},
	{key: 34, name: "AlterReplicaLogDirs", in: managing, names: topics},
	{key: 35, name: "DescribeLogDirs", in: describing, names: topics},
	{key: 36, name: "SaslAuthenticate", always: true, notHeld: true},
	{key: 37, name: "CreatePartitions", in: managing, names: topics},
	{key: 38, name: "CreateDelegationToken", named: tokensNamed, notHeld: true},
	{key: 39, name: "RenewDelegationToken", named: tokensNamed, notHeld: true},
	{key: 40, name: "ExpireDelegationToken", named: tokensNamed, notHeld: true},
	{key: 41, name: "DescribeDelegationToken", named: tokensNamed, notHeld: true},
	{key: 42, name: "DeleteGroups", in: managing, names: groups, joins: true},
	{key: 43, name: "ElectLeaders", in: managing, names: topics},
	{key: 44, name: "IncrementalAlterConfigs", in: managing, names: topics | groups, optional: topics | groups, joins: true, brokers: true},
	{key: 45, name: "AlterPartitionReassignments", in: managing, names: topics},
	{key: 46, name: "ListPartitionReassignments", in: describing, names: topics},
	{key: 47, name: "OffsetDelete", in: managing, names: groups | topics, joins: true},
	{key: 48, name: "DescribeClientQuotas", named: quotasNamed},
	{key: 49, name: "AlterClientQuotas", named: quotasNamed},
	{key: 50, name: "DescribeUserScramCredentials", named: scramNamed},
	{key: 51, name: "AlterUserScramCredentials", named: scramNamed},
	{key: 52, name: "Vote", names: topics, never: controllerOnly, maxVersion: -1},
	{key: 53, name: "BeginQuorumEpoch", names: topics, never: controllerOnly, maxVersion: -1},
	{key: 54, name: "EndQuorumEpoch", names: topics, never: controllerOnly, maxVersion: -1},
	// Its topic is __cluster_metadata, which no policy has to name.
	{key: quorumKey, name: "DescribeQuorum", in: managing, names: topics, optional: topics, alone: true},
	{key: 56, name: "AlterPartition", names: topics, never: controllerOnly, maxVersion: -1},
	{key: 57, name: "UpdateFeatures", named: clusterNamed},
	{key: 58, name: "Envelope", never: controllerOnly, maxVersion: -1},
	{key: 59, name: "FetchSnapshot", names: topics, never: controllerOnly, maxVersion: -1},
	{key: 60, name: "DescribeCluster", in: describing},
	{key: 61, name: "DescribeProducers", in: reading, names: topics},
	{key: 62, name: "BrokerRegistration", never: controllerOnly, maxVersion: -1},
	{key: 63, name: "BrokerHeartbeat", never: controllerOnly, maxVersion: -1},
	{key: 64, name: "UnregisterBroker", named: clusterNamed},
	{key: 65, name: "DescribeTransactions", in: describing, names: transactionalIDs, answers: topics},
	{key: 66, name: "ListTransactions", in: describing, names: transactionalIDs},
	{key: 67, name: "AllocateProducerIds", never: controllerOnly, maxVersion: -1},
	// SubscribedTopicRegex names topics too.
	{key: 68, name: "ConsumerGroupHeartbeat", in: reading, names: groups | topics, joins: true},
	{key: 69, name: "ConsumerGroupDescribe", in: describing, names: groups, answers: topics},
	{key: 70, name: "ControllerRegistration", never: controllerOnly, maxVersion: -1},
	{key: 71, name: "GetTelemetrySubscriptions", never: telemetry, maxVersion: -1},
	{key: 72, name: "PushTelemetry", never: telemetry, maxVersion: -1},
	{key: 73, name: "AssignReplicasToDirs", names: topics, never: controllerOnly, maxVersion: -1},
	{key: 74, name: "ListConfigResources", in: managing, answers: topics | groups},
	{key: 75, name: "DescribeTopicPartitions", in: describing, names: topics},
	{key: 76, name: "ShareGroupHeartbeat", in: reading, names: groups | topics, joins: true},
	{key: 77, name: "ShareGroupDescribe", in: describing, names: groups, answers: topics},
	{key: 78, name: "ShareFetch", in: reading, names: groups | topics, joins: true},
	{key: 79, name: "ShareAcknowledge", in: reading, names: groups | topics, joins: true},
	{key: 80, name: "AddRaftVoter", named: clusterNamed},
	{key: 81, name: "RemoveRaftVoter", named: clusterNamed},
	{key: 82, name: "UpdateRaftVoter", never: controllerOnly, maxVersion: -1},
	{key: 83, name: "InitializeShareGroupState", names: groups | topics, joins: true, never: shareState, maxVersion: -1},
	{key: 84, name: "ReadShareGroupState", names: groups | topics, never: shareState, maxVersion: -1},
	{key: 85, name: "WriteShareGroupState", names: groups | topics, joins: true, never: shareState, maxVersion: -1},
	{key: 86, name: "DeleteShareGroupState", names: groups | topics, joins: true, never: shareState, maxVersion: -1},
	{key: 87, name: "ReadShareGroupStateSummary", names: groups | topics, never: shareState, maxVersion: -1},
	// It has the broker create the topics that it names: no matter of reading.
	{key: 88, name: "StreamsGroupHeartbeat", in: managing, names: groups | topics, joins: true},
	{key: 89, name: "StreamsGroupDescribe", in: describing, names: groups, answers: topics},
	{key: 90, name: "DescribeShareGroupOffsets", in: describing, names: groups | topics},
	{key: 91, name: "AlterShareGroupOffsets", in: managing, names: groups | topics, joins: true},
	{key: 92, name: "DeleteShareGroupOffsets", in: managing, names: groups | topics, joins: true},
	{key: 93, name: "StreamsGroupTopologyDescriptionUpdate", in: managing, names: groups | topics, joins: true},
	{key: 94, name: "UnregisterController", named: clusterNamed},
}

// DescribeQuorum is about one topic, that of the cluster's metadata.
const (
	quorumKey   = 55
	quorumTopic = "__cluster_metadata"
)

// highest returns the highest version that a policy can allow, or -1.
func (a *api) highest() int16 {
	if a.never == "" {
		return math.MaxInt16
	}
	return a.maxVersion
}
