package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/certfile"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/credentials"
	"github.com/kafkaio/kafkaio/internal/policy"
)

// policySet checks the policies of a file against its clusters.
func policySet(f config.File) (*policy.Set, error) {
	set, err := policy.New(policiesOf(f))
	if err != nil {
		return nil, err
	}
	var clusters []policy.Cluster
	for _, c := range f.Clusters {
		clusters = append(clusters, policy.Cluster{Name: c.Name, Held: c.SASL != nil})
	}
	return set, set.CheckClusters(clusters)
}

// policiesOf is nil without policies, which lets everybody do all.
func policiesOf(f config.File) (list []bridge.Policy) {
	for _, p := range f.Policies {
		list = append(list, bridge.Policy{
			Name:             p.Name,
			Identities:       p.Identities,
			Groups:           p.Groups,
			Clusters:         p.Clusters,
			Allow:            p.Allow,
			Topics:           p.Topics,
			ConsumerGroups:   bridge.ConsumerGroups{See: p.ConsumerGroups.See, Join: p.ConsumerGroups.Join},
			TransactionalIDs: p.TransactionalIDs,
			Observe:          p.Observe,
		})
	}
	return list
}

// clusterBridge returns the bridge of a cluster, and the certificate that it shows to brokers, if any.
func clusterBridge(f config.File, cluster config.Cluster, authorize authorizeFunc, memory *bridge.Memory, log *slog.Logger) (*bridge.Bridge, *certfile.Certificate, error) {
	tlsConfig, certificate, err := credentials.TLS(cluster.TLS)
	if err != nil {
		return nil, nil, fmt.Errorf("the cluster %s: %w", cluster.Name, err)
	}
	c := bridge.Config{
		Name:           cluster.Name,
		Brokers:        cluster.Brokers,
		Targets:        cluster.Targets,
		ConnectTo:      cluster.ConnectTo,
		TLS:            tlsConfig,
		AllowPlaintext: cluster.AllowPlaintext,
		Policies:       policiesOf(f),
		Authorize:      authorize,
		Hosts:          f.Hosts,
		Origins:        f.Origins,
		Memory:         memory,
		MaxSessionAge:  time.Duration(f.MaxSessionAge),
		Log:            log.With("cluster", cluster.Name),
	}
	if mechanism := credentials.SASL(cluster.SASL); mechanism != nil {
		c.SASL = func(ctx context.Context, _ bridge.Identity) (sasl.Mechanism, error) { return mechanism(ctx) }
	}
	b, err := bridge.New(c)
	if err != nil {
		return nil, nil, fmt.Errorf("the cluster %s: %w", cluster.Name, err)
	}
	return b, certificate, nil
}
