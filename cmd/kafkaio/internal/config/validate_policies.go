package config

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// PolicySet returns the policies, checked against the clusters.
func (f *File) PolicySet() (*policy.Set, error) {
	set, err := policy.New(f.PolicyList())
	if err != nil {
		return nil, err
	}
	var clusters []policy.Cluster
	for _, c := range f.Clusters {
		clusters = append(clusters, c.ForPolicies())
	}
	return set, set.CheckClusters(clusters)
}

// ForPolicies returns what policies have to know of a cluster.
func (c *Cluster) ForPolicies() policy.Cluster {
	return policy.Cluster{Name: c.Name, Held: c.SASL != nil}
}

// PolicyList is nil without policies, which lets everybody do all.
func (f *File) PolicyList() (list []policy.Policy) {
	for _, p := range f.Policies {
		list = append(list, policy.Policy{
			Name:             p.Name,
			Identities:       p.Identities,
			Groups:           p.Groups,
			Clusters:         p.Clusters,
			Allow:            p.Allow,
			Topics:           p.Topics,
			ConsumerGroups:   policy.ConsumerGroups{See: p.ConsumerGroups.See, Join: p.ConsumerGroups.Join},
			TransactionalIDs: p.TransactionalIDs,
			Observe:          p.Observe,
		})
	}
	return list
}

func (c *checker) policies(f *File) {
	_, err := f.PolicySet()
	wrong, _ := errors.AsType[policy.Errors](err)
	for _, e := range wrong {
		path := fmt.Sprintf("policies[%d]", e.Index)
		if e.Path != "" {
			path += "." + e.Path
		}
		c.problem(path, "%v", e.Err)
	}
	for i, p := range f.Policies {
		if len(p.Identities) > 0 && !f.Auth.Any() && !slices.Contains(p.Identities, "*") {
			c.problem(fmt.Sprintf("policies[%d].identities", i), `without auth clients have no identity, and the policy is for nobody: set auth, or identities: ["*"]`)
		}
	}
}
