package policy

import (
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// A Cluster is what policies have to know of a cluster to be checked against it.
type Cluster struct {
	Name string
	Held bool // the bridge holds the credentials
}

// CheckClusters returns Errors with the policies that are for none of the clusters, or that allow by name what
// a cluster doesn't take with credentials that the bridge holds.
func (s *Set) CheckClusters(clusters []Cluster) error {
	var errs Errors
	for _, r := range s.rules {
		if err := r.checkClusters(clusters); err != nil {
			errs = append(errs, err.of(r))
		}
	}
	return errs.err()
}

func (r *rule) checkClusters(clusters []Cluster) *Error {
	names := make([]string, len(clusters))
	for i, c := range clusters {
		names[i] = c.Name
	}
	for i, pattern := range r.source.Clusters {
		p := compile([]string{pattern}, false)
		if slices.ContainsFunc(names, p.match) {
			continue
		}
		if meant := nearest.Name(pattern, names); meant != "" {
			return wrong(item("clusters", i), "there is no cluster %q, did you mean %s?", pattern, meant)
		}
		return wrong(item("clusters", i), "no cluster matches %q: they are %s", pattern, strings.Join(names, ", "))
	}
	for _, c := range clusters {
		if !c.Held || !r.forCluster(c.Name) {
			continue
		}
		for i, entry := range r.source.Allow {
			if a := named(entry); a != nil && a.notHeld && !a.always {
				return wrong(item("allow", i), "%s isn't possible on cluster %q, whose credentials the bridge holds: users would get a token for these; name other clusters, or leave it out", entry, c.Name)
			}
		}
	}
	return nil
}
