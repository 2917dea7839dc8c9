package client

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// operations are Kafka's AclOperations, of which a cluster tells as bits.
type operations int32

const (
	alter           operations = 1 << 7
	describeCluster operations = 1 << 8
	clusterAction   operations = 1 << 9
	describeConfigs operations = 1 << 10
	alterConfigs    operations = 1 << 11
	unknown         operations = -1 << 31 // no authorizer says which
)

// onCluster are the APIs that need an operation on the cluster itself, whatever they are about.
var onCluster = map[int16]operations{
	int16(kmsg.DescribeACLs):                 describeCluster,
	int16(kmsg.CreateACLs):                   alter,
	int16(kmsg.DeleteACLs):                   alter,
	int16(kmsg.AlterReplicaLogDirs):          alter,
	int16(kmsg.DescribeLogDirs):              describeCluster,
	int16(kmsg.ElectLeaders):                 alter,
	int16(kmsg.AlterPartitionAssignments):    alter,
	int16(kmsg.ListPartitionReassignments):   describeCluster,
	int16(kmsg.DescribeClientQuotas):         describeConfigs,
	int16(kmsg.AlterClientQuotas):            alterConfigs,
	int16(kmsg.DescribeUserSCRAMCredentials): describeCluster,
	int16(kmsg.AlterUserSCRAMCredentials):    alter,
	int16(kmsg.UpdateFeatures):               alter,
	int16(kmsg.DescribeQuorum):               describeCluster,
	int16(kmsg.UnregisterBroker):             alter,
	int16(kmsg.ListConfigResources):          describeConfigs,
	int16(kmsg.AddRaftVoter):                 alter,
	int16(kmsg.RemoveRaftVoter):              alter,
	int16(kmsg.InitializeShareGroupState):    clusterAction,
	int16(kmsg.ReadShareGroupState):          clusterAction,
	int16(kmsg.WriteShareGroupState):         clusterAction,
	int16(kmsg.DeleteShareGroupState):        clusterAction,
	int16(kmsg.ReadShareGroupStateSummary):   clusterAction,
}

// limits are what may forbid an API, beside the broker that doesn't have it.
type limits struct {
	operations operations
	bridge     []string // the APIs that the bridge allows; nil: it says nothing
	readOnly   bool
}

// limits asks the cluster and the bridge. Who doesn't answer in time forbids nothing.
func (c *client) limits(ctx context.Context) limits {
	ctx, cancel := context.WithTimeoutCause(ctx, reachTime, errSilent)
	defer cancel()
	l := limits{operations: unknown, bridge: c.bridgeAPIs(ctx), readOnly: c.options.ReadOnly}
	req := kmsg.NewPtrDescribeClusterRequest()
	req.IncludeClusterAuthorizedOperations = true
	if resp, err := askAny[*kmsg.DescribeClusterResponse](ctx, c, req); err == nil && resp.ErrorCode == 0 {
		l.operations = operations(resp.ClusterAuthorizedOperations)
	}
	return l
}

// allow are the names of a broker's APIs that nothing forbids. An API may still be forbidden for a topic or a
// group.
func (l limits) allow(answer *kmsg.ApiVersionsResponse) []string {
	names := []string{}
	for _, api := range answer.ApiKeys {
		name := policy.APIName(api.ApiKey)
		switch need := onCluster[api.ApiKey]; {
		case name == "",
			l.operations != unknown && need&l.operations != need,
			l.bridge != nil && !slices.Contains(l.bridge, name),
			l.readOnly && !readOnly().API(api.ApiKey, api.MinVersion).Allowed:
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// bridgeAPIs asks the page for what the bridge's list allows. It returns nil if there is no such list, or the
// page may not read it.
func (c *client) bridgeAPIs(ctx context.Context) (names []string) {
	var token string
	if c.token != nil {
		c.token.wantedFor(whyConnect)
		defer c.token.wantedFor(whyExpiring)
		var err error
		if token, err = c.token.get(ctx); err != nil {
			return nil
		}
	}
	answer, err := c.server.Ask(ctx, "bridge.apis", map[string]string{"bridge": c.options.Bridge, "token": token})
	if err != nil || json.Unmarshal(answer, &names) != nil {
		return nil
	}
	return names
}
