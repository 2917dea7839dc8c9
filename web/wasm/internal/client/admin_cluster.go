package client

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A clusterDetail is the cluster with its brokers, and what this client may do with it.
type clusterDetail struct {
	ClusterID  string         `json:"clusterId"`
	Controller int32          `json:"controller"` // -1: none is known
	Brokers    []brokerDetail `json:"brokers"`
	Version    string         `json:"version"` // as the APIs of one broker tell; empty: no broker answered
	Allowed    []string       `json:"allowed"` // names of APIs
}

type brokerDetail struct {
	ID        int32       `json:"id"`
	Host      string      `json:"host"`
	Port      int32       `json:"port"`
	Rack      *string     `json:"rack"`
	Reachable *bool       `json:"reachable"` // nil: the bridge doesn't let this client try
	Error     *port.Error `json:"error,omitzero"`
}

// reachTime bounds the wait for a broker to say that it is there.
const reachTime = 3 * time.Second

// cluster asks for the brokers, and each whether it answers.
func (c *client) cluster(ctx context.Context, _ *port.Call) (any, error) {
	m, err := c.metadata(ctx)
	if err != nil {
		return nil, err
	}
	d := clusterDetail{Controller: m.ControllerID, Brokers: make([]brokerDetail, len(m.Brokers))}
	if m.ClusterID != nil {
		d.ClusterID = *m.ClusterID
	}
	answers := make([]*kmsg.ApiVersionsResponse, len(m.Brokers))
	var asking sync.WaitGroup
	for i, b := range m.Brokers {
		asking.Go(func() {
			d.Brokers[i] = brokerDetail{ID: b.NodeID, Host: b.Host, Port: b.Port, Rack: b.Rack}
			answers[i] = c.askBroker(ctx, &d.Brokers[i])
		})
	}
	var limits limits
	asking.Go(func() { limits = c.limits(ctx) })
	asking.Wait()
	for _, answer := range answers {
		if answer != nil {
			d.Version = kversion.FromApiVersionsResponse(answer).VersionGuess()
			d.Allowed = limits.allow(answer)
			break
		}
	}
	return d, ctx.Err()
}

// askBroker asks a broker which APIs it has, notes whether it answered, and returns the answer, or nil.
func (c *client) askBroker(ctx context.Context, b *brokerDetail) *kmsg.ApiVersionsResponse {
	ctx, cancel := context.WithTimeoutCause(ctx, reachTime, errSilent)
	defer cancel()
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "kafkaio", "web" // brokers refuse empty ones (KIP-511)
	answer, err := req.RequestWith(ctx, c.kafka.Broker(int(b.ID)))
	reachable := err == nil
	b.Reachable = &reachable
	if err == nil {
		b.Error = answerError(answer.ErrorCode, nil)
		return answer
	}
	b.Error = describe(causeOf(ctx, err))
	if b.Error.Code == codeDenied {
		b.Reachable = nil
	}
	return nil
}

var errSilent = &port.Error{Code: codeTimeout, Message: "the broker did not answer within " + reachTime.String(), Retriable: true}
