package filter

// Bits of AuthorizedOperations, which are the codes of Kafka's AclOperation.
const (
	opRead            = 1 << 3
	opWrite           = 1 << 4
	opCreate          = 1 << 5
	opDelete          = 1 << 6
	opAlter           = 1 << 7
	opDescribe        = 1 << 8
	opDescribeConfigs = 1 << 10
	opAlterConfigs    = 1 << 11
	opIdempotentWrite = 1 << 12
)

// operationsOmitted says that AuthorizedOperations were not asked for.
const operationsOmitted = -1 << 31

// An operation is allowed if its API is.
type operation struct {
	bit int32
	key int16
}

var (
	topicOps = []operation{
		{opRead, keyFetch}, {opWrite, keyProduce}, {opCreate, keyCreateTopics}, {opDelete, keyDeleteTopics},
		{opAlter, keyCreatePartitions}, {opDescribe, keyMetadata}, {opDescribeConfigs, keyDescribeConfigs},
		{opAlterConfigs, keyIncrementalAlterConfigs},
	}
	groupOps = []operation{
		{opRead, keyJoinGroup}, {opDelete, keyDeleteGroups}, {opDescribe, keyDescribeGroups},
		{opDescribeConfigs, keyDescribeConfigs}, {opAlterConfigs, keyIncrementalAlterConfigs},
	}
	clusterOps = []operation{
		{opCreate, keyCreateTopics}, {opAlter, keyCreateACLs}, {opDescribe, keyDescribeCluster},
		{opIdempotentWrite, keyInitProducerID},
	}
)

// cut takes out of operations those that are not allowed. What is in no list is never allowed.
func cut(operations int32, ops []operation, allowed func(key int16) bool) int32 {
	if operations == operationsOmitted {
		return operations
	}
	var left int32
	for _, op := range ops {
		if operations&op.bit != 0 && allowed(op.key) {
			left |= op.bit
		}
	}
	return left
}

// topicOperations takes nil for a topic without a name, on which nothing is allowed.
func (c *call) topicOperations(operations int32, topic *string) int32 {
	if topic == nil {
		return operationsOmitted
	}
	return cut(operations, topicOps, func(key int16) bool {
		return let(c.rights.API(key, 0)) && let(c.rights.Topic(key, *topic))
	})
}

func (c *call) groupOperations(operations int32, group string) int32 {
	return cut(operations, groupOps, func(key int16) bool {
		return let(c.rights.API(key, 0)) && let(c.rights.Group(key, group))
	})
}

func (c *call) clusterOperations(operations int32) int32 {
	return cut(operations, clusterOps, func(key int16) bool { return let(c.rights.API(key, 0)) })
}
