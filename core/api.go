package core

// Keys of the APIs that the Scanner treats apart.
const (
	apiProduce       = 0
	apiSaslHandshake = 17
)

// An api is one of Kafka's request types.
type api struct {
	name string
	// secret: a request or response may carry credentials, so Trace.Bytes never sees their bytes.
	secret bool
}

// apis has Kafka's APIs by key (Kafka's ApiKeys), each checked for credentials. An API that a later
// Kafka adds is missing here, and so counts as secret.
var apis = [...]api{
	0:  {name: "Produce"},
	1:  {name: "Fetch"},
	2:  {name: "ListOffsets"},
	3:  {name: "Metadata"},
	4:  {name: "LeaderAndIsr"},
	5:  {name: "StopReplica"},
	6:  {name: "UpdateMetadata"},
	7:  {name: "ControlledShutdown"},
	8:  {name: "OffsetCommit"},
	9:  {name: "OffsetFetch"},
	10: {name: "FindCoordinator"},
	11: {name: "JoinGroup"},
	12: {name: "Heartbeat"},
	13: {name: "LeaveGroup"},
	14: {name: "SyncGroup"},
	15: {name: "DescribeGroups"},
	16: {name: "ListGroups"},
	17: {name: "SaslHandshake"},
	18: {name: "ApiVersions"},
	19: {name: "CreateTopics"},
	20: {name: "DeleteTopics"},
	21: {name: "DeleteRecords"},
	22: {name: "InitProducerId"},
	23: {name: "OffsetForLeaderEpoch"},
	24: {name: "AddPartitionsToTxn"},
	25: {name: "AddOffsetsToTxn"},
	26: {name: "EndTxn"},
	27: {name: "WriteTxnMarkers"},
	28: {name: "TxnOffsetCommit"},
	29: {name: "DescribeAcls"},
	30: {name: "CreateAcls"},
	31: {name: "DeleteAcls"},
	32: {name: "DescribeConfigs"},
	33: {name: "AlterConfigs", secret: true}, // passwords of key stores, sasl.jaas.config
	34: {name: "AlterReplicaLogDirs"},
	35: {name: "DescribeLogDirs"},
	36: {name: "SaslAuthenticate", secret: true}, // passwords, tokens and proofs
	37: {name: "CreatePartitions"},
	38: {name: "CreateDelegationToken", secret: true},   // the token's HMAC is its password
	39: {name: "RenewDelegationToken", secret: true},    // the HMAC
	40: {name: "ExpireDelegationToken", secret: true},   // the HMAC
	41: {name: "DescribeDelegationToken", secret: true}, // the HMACs of all tokens
	42: {name: "DeleteGroups"},
	43: {name: "ElectLeaders"},
	44: {name: "IncrementalAlterConfigs", secret: true}, // as AlterConfigs
	45: {name: "AlterPartitionAssignments"},
	46: {name: "ListPartitionReassignments"},
	47: {name: "OffsetDelete"},
	48: {name: "DescribeClientQuotas"},
	49: {name: "AlterClientQuotas"},
	50: {name: "DescribeUserScramCredentials"},
	51: {name: "AlterUserScramCredentials", secret: true}, // salted passwords
	52: {name: "Vote"},
	53: {name: "BeginQuorumEpoch"},
	54: {name: "EndQuorumEpoch"},
	55: {name: "DescribeQuorum"},
	56: {name: "AlterPartition"},
	57: {name: "UpdateFeatures"},
	58: {name: "Envelope", secret: true},      // any of these, forwarded to a controller
	59: {name: "FetchSnapshot", secret: true}, // the cluster's metadata, with the credentials of SCRAM users
	60: {name: "DescribeCluster"},
	61: {name: "DescribeProducers"},
	62: {name: "BrokerRegistration"},
	63: {name: "BrokerHeartbeat"},
	64: {name: "UnregisterBroker"},
	65: {name: "DescribeTransactions"},
	66: {name: "ListTransactions"},
	67: {name: "AllocateProducerIds"},
	68: {name: "ConsumerGroupHeartbeat"},
	69: {name: "ConsumerGroupDescribe"},
	70: {name: "ControllerRegistration"},
	71: {name: "GetTelemetrySubscriptions"},
	72: {name: "PushTelemetry"},
	73: {name: "AssignReplicasToDirs"},
	74: {name: "ListConfigResources"},
	75: {name: "DescribeTopicPartitions"},
	76: {name: "ShareGroupHeartbeat"},
	77: {name: "ShareGroupDescribe"},
	78: {name: "ShareFetch"},
	79: {name: "ShareAcknowledge"},
	80: {name: "AddRaftVoter"},
	81: {name: "RemoveRaftVoter"},
	82: {name: "UpdateRaftVoter"},
	83: {name: "InitializeShareGroupState"},
	84: {name: "ReadShareGroupState"},
	85: {name: "WriteShareGroupState"},
	86: {name: "DeleteShareGroupState"},
	87: {name: "ReadShareGroupStateSummary"},
	88: {name: "StreamsGroupHeartbeat"},
	89: {name: "StreamsGroupDescribe"},
	90: {name: "DescribeShareGroupOffsets"},
	91: {name: "AlterShareGroupOffsets"},
	92: {name: "DeleteShareGroupOffsets"},
	93: {name: "StreamsGroupTopologyDescriptionUpdate"},
	94: {name: "UnregisterController"},
}

// APIName returns the name of the API with this key, such as "Fetch" for 1. An unknown key's is "".
func APIName(key int16) string {
	if key < 0 || int(key) >= len(apis) {
		return ""
	}
	return apis[key].name
}

// mayCarrySecrets reports whether an API's bytes must stay hidden. Those of an unknown API must.
func mayCarrySecrets(key int16) bool {
	return key < 0 || int(key) >= len(apis) || apis[key].secret
}
