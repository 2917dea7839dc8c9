package ping

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// maxAnswer bounds a broker's answer, in bytes. 10,000 brokers take a third of it. A decoded answer may
// take a hundred times as much memory.
const maxAnswer = 1 << 20

// askVersions asks which APIs the broker has. Brokers answer that without authentication.
func (a *attempt) askVersions(ctx context.Context) bool {
	conn := core.NewConn(a.peeked, core.Options{Addr: a.address(), MaxFrame: maxAnswer})
	a.kafka = core.NewPipeline(conn, core.PipelineOptions{MaxInFlight: 1, StallTimeout: core.NoTimeout})
	started := time.Now()
	stepCtx, cancel := a.step(ctx)
	defer cancel()
	versions, err := rpc.Versions(stepCtx, a.kafka)
	took := time.Since(started)
	if err != nil {
		return a.fail(ctx, a.explainFirstAnswer(ctx, err), took)
	}
	a.versions = versions
	if a.isController() || !a.serves(kmsg.Metadata) {
		return a.fail(ctx, a.notABroker(), took)
	}
	detail := "speaks Kafka's protocol"
	if version := kafkaVersion(a.versions); version != "" {
		detail = "looks like Kafka " + version
	}
	a.done(APIVersions, took, detail)
	return true
}

// serves reports whether the broker has an API.
func (a *attempt) serves(key kmsg.Key) bool {
	for _, k := range a.versions.ApiKeys {
		if k.ApiKey == key.Int16() {
			return true
		}
	}
	return false
}

// isController reports whether the listener is a KRaft controller's. Only those have Vote, and only
// brokers' have Produce (KIP-595, KIP-631). askVersions checks this before Metadata: a controller hangs up
// on Metadata and answers a SASL handshake, and so would look like a broker that wants SASL.
func (a *attempt) isController() bool { return a.serves(kmsg.Vote) && !a.serves(kmsg.Produce) }

// askMetadata asks for the brokers of the cluster, and for no topics.
func (a *attempt) askMetadata(ctx context.Context) ([]kmsg.MetadataResponseBroker, bool) {
	request := kmsg.NewPtrMetadataRequest()
	request.Topics = []kmsg.MetadataRequestTopic{}
	started := time.Now()
	answer, err := a.do(ctx, request)
	took := time.Since(started)
	if err != nil {
		return nil, a.fail(ctx, a.explainMetadata(ctx, err), took)
	}
	response := answer.(*kmsg.MetadataResponse)
	if err := kerr.ErrorForCode(response.ErrorCode); err != nil {
		return nil, a.fail(ctx, a.explainMetadata(ctx, err), took)
	}
	if len(response.Brokers) == 0 {
		return nil, a.fail(ctx, a.noBrokers(), took)
	}
	c := &Cluster{Brokers: len(response.Brokers)}
	detail := count(c.Brokers, "broker")
	if response.ClusterID != nil {
		c.ID = clean(*response.ClusterID, mostName)
		detail = "cluster " + c.ID + ", " + detail
	}
	a.report.Cluster = c
	a.done(Metadata, took, detail)
	return response.Brokers, true
}

// do sends a request and waits for its response, for at most the timeout of a step.
func (a *attempt) do(ctx context.Context, request kmsg.Request) (kmsg.Response, error) {
	ctx, cancel := a.step(ctx)
	defer cancel()
	return rpc.Do(ctx, a.kafka, request)
}
