package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// A Cluster is what policies have to know of a cluster to be checked against it.
type Cluster struct {
	Name string
	Held bool // the bridge holds the credentials
}

// CheckClusters returns an error if a policy is for none of the clusters, or allows by name what a cluster
// doesn't take with credentials that the bridge holds.
func (s *Set) CheckClusters(clusters []Cluster) error {
	names := make([]string, len(clusters))
	for i, c := range clusters {
		names[i] = c.Name
	}
	for _, r := range s.rules {
		for _, pattern := range r.source.Clusters {
			p := compile([]string{pattern}, false)
			if slices.ContainsFunc(names, p.match) {
				continue
			}
			if meant := nearest.Name(pattern, names); meant != "" {
				return fmt.Errorf("%s: clusters: there is no cluster %q; did you mean %s?", r.label, pattern, meant)
			}
			return fmt.Errorf("%s: clusters: no cluster matches %q; there are %s", r.label, pattern, strings.Join(names, ", "))
		}
		for _, c := range clusters {
			if !c.Held || !r.forCluster(c.Name) {
				continue
			}
			for _, entry := range r.source.Allow {
				if a := named(entry); a != nil && a.notHeld && !a.always {
					return fmt.Errorf("%s: allow: %s isn't possible on cluster %q, whose credentials the bridge holds: users would get a token for these; name other clusters, or leave it out", r.label, entry, c.Name)
				}
			}
		}
	}
	return nil
}
