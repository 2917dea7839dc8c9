package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/auth"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/certfile"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/policy"
)

// An authorizeFunc is bridge.Config.Authorize.
type authorizeFunc = func(ctx context.Context, r *http.Request, token string) (bridge.Identity, error)

// A bridgeServer serves the clusters of a configuration.
type bridgeServer struct {
	log          *slog.Logger
	refusals     *slog.Logger // log, for lines that clients can provoke
	proxies      auth.Proxies
	clusters     []servedCluster
	certificates []*certfile.Certificate
	state        atomic.Pointer[bridgeState]
}

type servedCluster struct {
	config.Cluster
	bridge    *bridge.Bridge
	isDefault bool // at /kafka
}

// A bridgeState is what a reload replaces.
type bridgeState struct {
	file   config.File
	auth   *auth.Authenticator
	rights *policy.Set // nil without policies
}

func (s *bridgeServer) newState(ctx context.Context, f config.File) (*bridgeState, error) {
	state := &bridgeState{file: f}
	var err error
	if len(f.Policies) > 0 {
		if state.rights, err = f.PolicySet(); err != nil {
			return nil, err
		}
	}
	state.auth, err = auth.New(ctx, f.Auth, s.proxies, s.log)
	return state, err
}

func (s *bridgeServer) close() { s.state.Load().auth.Close() }

// shutdown has all bridges ask their clients to go, and ends with ctx.
func (s *bridgeServer) shutdown(ctx context.Context) {
	s.log.Info("stopping, once clients are done; a second interrupt stops at once", "at_most", drainTime)
	var running sync.WaitGroup
	for _, cluster := range s.clusters {
		running.Go(func() { cluster.bridge.Shutdown(ctx) })
	}
	running.Wait()
}

// authorize says who a client is.
func (s *bridgeServer) authorize(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
	return s.state.Load().auth.Authorize(ctx, r, token)
}

// handler serves the clusters, their list, and the page, which may be nil.
func (s *bridgeServer) handler(page http.Handler) http.Handler {
	mux := http.NewServeMux()
	var paths []string
	hasDefault := false
	for _, cluster := range s.clusters {
		paths = append(paths, "/kafka/"+cluster.Name)
		mux.Handle("/kafka/"+cluster.Name, cluster.bridge)
		if cluster.isDefault {
			mux.Handle("/kafka", cluster.bridge)
			hasDefault = true
		}
	}
	if !hasDefault {
		mux.HandleFunc("/kafka", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "this bridge has several clusters: connect to one of "+strings.Join(paths, ", ")+", or set default: true for one of them", http.StatusNotFound)
		})
	}
	mux.HandleFunc("/kafka/{name}", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "this bridge has no cluster of that name", http.StatusNotFound)
	})
	mux.HandleFunc("GET /kafka/{$}", s.list)
	if page != nil {
		mux.Handle("/", page)
	}
	return mux
}
