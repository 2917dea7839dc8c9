package main

import (
	"context"
	"crypto/tls"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// addUnlisted says what to do about brokers on the bridge's own machine that it would not dial.
const addUnlisted = "the bridge dials only listed brokers of its own machine: add these to clusters[].brokers"

// unlisted tells of brokers on this machine that the bridge of a cluster would not dial. It says nothing if
// the principal can't ask the cluster: the lines about its brokers have the cause.
func (c *configCheck) unlisted(ctx context.Context, cluster config.Cluster, tlsConfig *tls.Config, p checkedPrincipal) {
	options := bridge.Config{
		Brokers:        cluster.Brokers,
		Targets:        cluster.Targets,
		ConnectTo:      cluster.ConnectTo,
		TLS:            tlsConfig,
		AllowPlaintext: cluster.AllowPlaintext,
	}
	if p.mechanism != nil {
		options.SASL = func(context.Context, bridge.Identity) (sasl.Mechanism, error) { return p.mechanism, nil }
	}
	b, err := bridge.New(options)
	if err != nil {
		c.bad("%s: %v", cluster.Name, err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	if _, unlisted, err := b.SpecialBrokers(ctx); err == nil && len(unlisted) > 0 {
		c.bad("%s: %s: %s", cluster.Name, addUnlisted, strings.Join(unlisted, ", "))
	}
}

// warnOfUnlisted logs which brokers on this machine the bridges would not dial. A cluster that can't be asked,
// or only as a user, has no warning.
func (s *bridgeServer) warnOfUnlisted(ctx context.Context) {
	for _, cluster := range s.clusters {
		askCtx, cancel := context.WithTimeout(ctx, askTimeout)
		_, unlisted, err := cluster.bridge.SpecialBrokers(askCtx)
		cancel()
		if err == nil && len(unlisted) > 0 {
			s.log.Warn(addUnlisted, "cluster", cluster.Name, "brokers", strings.Join(unlisted, ", "))
		}
	}
}
