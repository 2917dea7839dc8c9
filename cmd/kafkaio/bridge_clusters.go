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
)

// clusterBridge returns the bridge of a cluster, and the certificate that it shows to brokers, if any.
func clusterBridge(f config.File, cluster config.Cluster, authorize authorizeFunc, log *slog.Logger) (*bridge.Bridge, *certfile.Certificate, error) {
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
		Policies:       f.PolicyList(),
		Authorize:      authorize,
		Hosts:          f.Hosts,
		Origins:        f.Origins,
		MaxMemory:      int64(f.MaxMemory) / int64(len(f.Clusters)),
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
