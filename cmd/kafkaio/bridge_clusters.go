package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/certfile"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/credentials"
)

// clusterBridge returns the bridge of a cluster, and the certificate that it shows to brokers, if any.
func clusterBridge(f config.File, cluster config.Cluster, authorize authorizeFunc, memory *bridge.Memory, log *slog.Logger) (*bridge.Bridge, *certfile.Certificate, error) {
	tlsConfig, certificate, err := credentials.TLS(cluster.TLS)
	if err != nil {
		return nil, nil, fmt.Errorf("the cluster %s: %w", cluster.Name, err)
	}
	mechanism, err := credentials.SASL(cluster.SASL, log)
	if err != nil {
		return nil, nil, fmt.Errorf("the cluster %s: %w", cluster.Name, err)
	}
	if authorize != nil && (cluster.SASL == nil || cluster.SASL.Token != config.FromClient) {
		authorize = withoutToken(authorize)
	}
	c := bridge.Config{
		Name:           cluster.Name,
		Brokers:        cluster.Brokers,
		Targets:        cluster.Targets,
		ConnectTo:      cluster.ConnectTo,
		TLS:            tlsConfig,
		SASL:           mechanism,
		AskAsUser:      cluster.SASL.AsUser(),
		AllowPlaintext: cluster.AllowPlaintext,
		Policies:       f.PolicyList(),
		Authorize:      authorize,
		Hosts:          f.Hosts,
		Origins:        f.Origins,
		Memory:         memory,
		MaxSessionAge:  time.Duration(f.MaxSessionAge),
		Log:            log.With("cluster", cluster.Name),
	}
	b, err := bridge.New(c)
	if err != nil {
		return nil, nil, fmt.Errorf("the cluster %s: %w", cluster.Name, err)
	}
	return b, certificate, nil
}

// withoutToken keeps users' tokens out of the bridge of a cluster that shows them to no broker.
func withoutToken(authorize authorizeFunc) authorizeFunc {
	return func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
		who, err := authorize(ctx, r, token)
		who.Token = ""
		return who, err
	}
}
