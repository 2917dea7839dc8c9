package ping

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// maxAnswer bounds what a broker may answer, in bytes: 10,000 brokers are a third of it. What
// decodes it may make a hundred times as much of it.
const maxAnswer = 1 << 20

// askVersions asks what the broker can do, which brokers answer to everyone.
func (v *attempt) askVersions(ctx context.Context) bool {
	conn := core.NewConn(v.peeked, core.Options{Addr: v.address(), MaxFrame: maxAnswer})
	v.kafka = core.NewPipeline(conn, core.PipelineOptions{MaxInFlight: 1, StallTimeout: core.NoTimeout})
	started := time.Now()
	stepCtx, cancel := v.step(ctx)
	defer cancel()
	versions, err := rpc.Versions(stepCtx, v.kafka)
	took := time.Since(started)
	if err != nil {
		return v.fail(ctx, v.explainFirstAnswer(ctx, err), took)
	}
	v.versions = versions
	if v.isController() || !v.serves(kmsg.Metadata) {
		return v.fail(ctx, v.notABroker(), took)
	}
	detail := "speaks Kafka's protocol"
	if version := kafkaVersion(v.versions); version != "" {
		detail = "looks like Kafka " + version
	}
	v.done(APIVersions, took, detail)
	return true
}

// serves reports whether the broker has an API.
func (v *attempt) serves(key kmsg.Key) bool {
	for _, k := range v.versions.ApiKeys {
		if k.ApiKey == key.Int16() {
			return true
		}
	}
	return false
}

// isController reports whether the listener is a KRaft controller's. Only those have Vote, and only
// brokers' have Produce (KIP-595, KIP-631). It is found out before Metadata is asked for: one that
// hung up then, and answers a SASL handshake, would be taken for a broker that wants SASL.
func (v *attempt) isController() bool { return v.serves(kmsg.Vote) && !v.serves(kmsg.Produce) }

// askMetadata asks for the brokers of the cluster, and for no topics.
func (v *attempt) askMetadata(ctx context.Context) ([]kmsg.MetadataResponseBroker, bool) {
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	started := time.Now()
	answer, err := v.do(ctx, request)
	took := time.Since(started)
	if err != nil {
		return nil, v.fail(ctx, v.explainMetadata(ctx, err), took)
	}
	response := answer.(*kmsg.MetadataResponse)
	if err := kerr.ErrorForCode(response.ErrorCode); err != nil {
		return nil, v.fail(ctx, v.explainMetadata(ctx, err), took)
	}
	if len(response.Brokers) == 0 {
		return nil, v.fail(ctx, v.noBrokers(), took)
	}
	c := &Cluster{Brokers: len(response.Brokers)}
	detail := count(c.Brokers, "broker")
	if response.ClusterID != nil {
		c.ID = clean(*response.ClusterID, mostName)
		detail = "cluster " + c.ID + ", " + detail
	}
	v.report.Cluster = c
	v.done(Metadata, took, detail)
	return response.Brokers, true
}

// do sends a request and waits for its response, as a step.
func (v *attempt) do(ctx context.Context, request kmsg.Request) (kmsg.Response, error) {
	ctx, cancel := v.step(ctx)
	defer cancel()
	return rpc.Do(ctx, v.kafka, request)
}
