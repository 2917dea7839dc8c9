package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/bearer"
	"github.com/kafkaio/kafkaio/internal/policy"
)

// A clusterList is the answer of GET /kafka/. docs/bridge.md describes it.
type clusterList struct {
	Identity string        `json:"identity"`
	Groups   []string      `json:"groups"`
	Expires  *time.Time    `json:"expires"` // null: never
	Clusters []listCluster `json:"clusters"`
}

type listCluster struct {
	Name    string   `json:"name"`
	Path    string   `json:"path"`
	Default bool     `json:"default"`
	APIs    []string `json:"apis"` // null: all
}

// list answers with the clusters that the client may use, and with which APIs.
func (s *bridgeServer) list(w http.ResponseWriter, r *http.Request) {
	state := s.state.Load()
	authorize := s.authorize
	if !state.file.Auth.Any() {
		authorize = nil
	}
	// All clusters have the same hosts and origins.
	serveList(w, r, s.clusters[0].bridge.Check, authorize, s.refusals, func(who bridge.Identity) []listCluster {
		return s.clustersOf(state, who)
	})
}

func (s *bridgeServer) clustersOf(state *bridgeState, who bridge.Identity) (clusters []listCluster) {
	for _, cluster := range s.clusters {
		entry := listCluster{Name: cluster.Name, Path: "/kafka/" + cluster.Name, Default: cluster.isDefault}
		if state.rights != nil {
			rights := state.rights.Rights(cluster.Name, who.Name, who.Groups)
			if entry.APIs = apisOf(rights, cluster.SASL != nil); len(entry.APIs) == 0 {
				continue
			}
		}
		clusters = append(clusters, entry)
	}
	return clusters
}

// serveList answers a request that passes check with the clusters of who the client is. Without authorize,
// everybody is nobody.
func serveList(w http.ResponseWriter, r *http.Request, check func(*http.Request) error, authorize authorizeFunc, log *slog.Logger, clustersOf func(bridge.Identity) []listCluster) {
	w.Header().Set("Cache-Control", "no-store")
	if err := check(r); err != nil {
		log.Warn("refused", "remote", r.RemoteAddr, "reason", err.Error())
		writeJSON(w, http.StatusForbidden, map[string]string{"error": err.Error()})
		return
	}
	var who bridge.Identity
	if authorize != nil {
		token := strings.TrimSpace(bearer.Token(r.Header.Get("Authorization")))
		var err error
		if who, err = authorize(r.Context(), r, token); err != nil {
			log.Warn("refused", "remote", r.RemoteAddr, "reason", err.Error())
			w.Header().Set("WWW-Authenticate", "Bearer")
			writeJSON(w, http.StatusUnauthorized, map[string]string{"error": err.Error()})
			return
		}
	}
	list := clusterList{Identity: who.Name, Groups: append([]string{}, who.Groups...), Clusters: append([]listCluster{}, clustersOf(who)...)}
	if !who.Expires.IsZero() {
		list.Expires = &who.Expires
	}
	writeJSON(w, http.StatusOK, list)
}

// apisOf are the names of the APIs that a policy allows; none if no policy allows any.
func apisOf(rights *policy.Rights, isHeld bool) (names []string) {
	any := false
	for key := range int16(maxAPIKey) {
		if decision := allowedAPI(rights, key, isHeld); decision.Allowed {
			names = append(names, policy.APIName(key))
			any = any || decision.Policy != ""
		}
	}
	if !any {
		return nil
	}
	slices.Sort(names)
	return names
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(value) // a client that is gone needs none
}

// maxAPIKey is above all keys that have names.
const maxAPIKey = 256

// allowedAPI says whether an API may be used in its lowest version.
func allowedAPI(rights *policy.Rights, key int16, isHeld bool) policy.Decision {
	if _, ok := policy.MaxVersion(key, isHeld); !ok {
		return policy.Decision{}
	}
	return rights.API(key, 0)
}
