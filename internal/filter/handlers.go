package filter

import "github.com/twmb/franz-go/pkg/kmsg"

// Keys of APIs that the filter treats specially, and of those whose rights it asks for others.
const (
	keyProduce                 = 0
	keyFetch                   = 1
	keyMetadata                = 3
	keyControlledShutdown      = 7
	keyJoinGroup               = 11
	keyDescribeGroups          = 15
	keySASLHandshake           = 17
	keyApiVersions             = 18
	keyCreateTopics            = 19
	keyDeleteTopics            = 20
	keyInitProducerID          = 22
	keyCreateACLs              = 30
	keyDescribeConfigs         = 32
	keyCreatePartitions        = 37
	keyDeleteGroups            = 42
	keyIncrementalAlterConfigs = 44
	keyDescribeCluster         = 60
)

// pass is for APIs that name no topics, groups or transactional ids: the right to the API decides.
func pass(*call) {}

// handlers decide about the requests of each API. What isn't here is denied.
var handlers map[int16]func(*call)

func init() { // since handlers refer to it
	handlers = map[int16]func(*call){
		keyProduce:                 handleProduce,
		keyFetch:                   handleFetch,
		2:                          handleListOffsets,
		keyMetadata:                handleMetadata,
		8:                          handleOffsetCommit,
		9:                          handleOffsetFetch,
		10:                         handleFindCoordinator,
		keyJoinGroup:               handleGroup,
		12:                         handleGroup, // Heartbeat
		13:                         handleGroup, // LeaveGroup
		14:                         handleGroup, // SyncGroup
		keyDescribeGroups:          handleDescribeGroups,
		16:                         handleListGroups,
		keySASLHandshake:           handleSASL,
		keyApiVersions:             handleApiVersions,
		keyCreateTopics:            handleTopics,
		keyDeleteTopics:            handleDeleteTopics,
		21:                         handleTopics, // DeleteRecords
		keyInitProducerID:          handleInitProducerID,
		23:                         handleOffsetForLeaderEpoch,
		24:                         handleAddPartitionsToTxn,
		25:                         handleAddOffsetsToTxn,
		26:                         handleEndTxn,
		28:                         handleTxnOffsetCommit,
		29:                         pass, // DescribeAcls
		keyCreateACLs:              pass,
		31:                         pass, // DeleteAcls
		keyDescribeConfigs:         handleConfigs,
		33:                         handleConfigs, // AlterConfigs
		34:                         handleAlterReplicaLogDirs,
		35:                         handleDescribeLogDirs,
		36:                         handleSASL, // SaslAuthenticate
		keyCreatePartitions:        handleTopics,
		38:                         handleSASL, // the delegation tokens
		39:                         handleSASL,
		40:                         handleSASL,
		41:                         handleSASL,
		keyDeleteGroups:            handleGroups,
		43:                         handleElectLeaders,
		keyIncrementalAlterConfigs: handleConfigs,
		45:                         handleTopics, // AlterPartitionReassignments
		46:                         handleListPartitionReassignments,
		47:                         handleOffsetDelete,
		48:                         pass, // DescribeClientQuotas
		49:                         pass, // AlterClientQuotas
		50:                         pass, // DescribeUserScramCredentials
		51:                         pass, // AlterUserScramCredentials
		55:                         handleDescribeQuorum,
		57:                         pass, // UpdateFeatures
		keyDescribeCluster:         handleDescribeCluster,
		61:                         handleTopics, // DescribeProducers
		64:                         pass,         // UnregisterBroker
		65:                         handleDescribeTransactions,
		66:                         handleListTransactions,
		68:                         handleConsumerGroupHeartbeat,
		69:                         handleConsumerGroupDescribe,
		74:                         handleListConfigResources,
		75:                         handleDescribeTopicPartitions,
		76:                         handleShareGroupHeartbeat,
		77:                         handleShareGroupDescribe,
		78:                         handleShareFetch,
		79:                         handleShareAcknowledge,
		80:                         pass, // AddRaftVoter
		81:                         pass, // RemoveRaftVoter
		88:                         handleStreamsGroupHeartbeat,
		89:                         handleStreamsGroupDescribe,
		90:                         handleDescribeShareGroupOffsets,
		91:                         handleShareGroupOffsets, // AlterShareGroupOffsets
		92:                         handleShareGroupOffsets, // DeleteShareGroupOffsets
		93:                         handleGroup,             // StreamsGroupTopologyDescriptionUpdate
		94:                         pass,                    // UnregisterController
	}
}

// handleSASL: what is about credentials is a client's own matter, unless the bridge holds them.
// SaslHandshake 0 is followed by bytes that aren't requests.
func handleSASL(c *call) {
	if c.filter.options.HeldSASL || c.key == keySASLHandshake && c.version == 0 {
		c.denyAll(denialCode(c.req))
	}
}

// denialCode returns the error for a request whose API is denied.
func denialCode(req kmsg.Request) int16 {
	switch req := req.(type) {
	case *kmsg.SASLHandshakeRequest, *kmsg.SASLAuthenticateRequest:
		return errIllegalSASLState
	case *kmsg.FindCoordinatorRequest:
		return coordinatorCode(req.CoordinatorType)
	case *kmsg.InitProducerIDRequest:
		if req.TransactionalID != nil {
			return errTransactionalID
		}
	}
	switch req.Key() {
	case 0, 1, 2, 3, 19, 20, 21, 23, 37, 61, 75:
		return errTopicAuthorization
	case 8, 9, 11, 12, 13, 14, 15, 42, 47, 68, 69, 76, 77, 78, 79, 88, 89, 90, 91, 92, 93:
		return errGroupAuthorization
	case 24, 25, 26, 28, 65:
		return errTransactionalID
	}
	return errClusterAuthorization
}
