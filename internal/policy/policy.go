// Package policy decides who may use which of Kafka's APIs on which topics, consumer groups and
// transactional ids.
//
// A Policy names identities and what they may do. What no policy allows is denied. Policies add up, but
// each stands for itself: an API and the topic that it is used on must be allowed by the same policy.
package policy

import (
	"fmt"
	"slices"
	"sync"
)

// A Policy allows some identities something. What no policy allows is denied.
type Policy struct {
	// Name names the policy in logs and explanations. Empty: "policy N", where N is its place in the list.
	Name string
	// Identities and Groups say whom the policy is for: an identity that matches one of the patterns, or
	// that is in one of the groups. A pattern's * stands for any text.
	Identities []string
	Groups     []string
	// Clusters are patterns of the names of clusters. Empty: all.
	Clusters []string
	// Allow are presets (metadata, read-only, produce-only, read-write, full) and names of APIs, such as
	// DescribeConfigs. The APIs about configurations are about topics and groups unless "of brokers"
	// follows, as in "DescribeConfigs of brokers".
	Allow []string
	// Topics are patterns of topics. A * at the beginning doesn't match names that begin with "_", which
	// are Kafka's own and those of tools: "_*" does.
	Topics []string
	// ConsumerGroups are patterns of group ids, of every kind of group.
	ConsumerGroups ConsumerGroups
	// TransactionalIDs are patterns. As with topics and groups, a * at the beginning matches no leading "_".
	TransactionalIDs []string
	// Observe makes the policy log what it would deny, and deny nothing. Only what is never allowed stays
	// denied.
	Observe bool
}

// ConsumerGroups are the groups that a policy is about.
type ConsumerGroups struct {
	See  []string // may be listed and described, and their offsets be fetched
	Join []string // may be joined, and their offsets be committed; and what See allows
}

// A Set is policies that are checked. It may be used by several goroutines at once.
type Set struct {
	rules []*rule

	mu     sync.RWMutex
	rights map[string]*Rights // by what Rights was called with
}

// A rule is a policy that is compiled.
type rule struct {
	index   int
	name    string
	label   string // in errors: policy N, or policy "NAME"
	observe bool
	source  Policy

	identities, groups, clusters patterns

	apis          keys // may be used
	named         keys // those of them that may be used on the topics and groups below
	transactional keys // those that may be used with the transactional ids below
	brokers       keys // those that may be used on brokers

	topics, see, join, transactionalIDs patterns
}

// New returns the policies as a Set, or Errors with the first mistake of each policy that makes no sense. A
// Set of no policies denies everything.
func New(policies []Policy) (*Set, error) {
	s := &Set{rights: map[string]*Rights{}}
	var errs Errors
	for i, p := range policies {
		r := &rule{index: i, name: p.Name, label: fmt.Sprintf("policy %q", p.Name)}
		if p.Name == "" {
			r.label = fmt.Sprintf("policy %d", i+1)
			r.name = r.label
		}
		err := r.compile(p)
		if slices.ContainsFunc(s.rules, func(other *rule) bool { return other.name == r.name }) {
			err = wrong("name", "another policy has this name")
		}
		if err != nil {
			errs = append(errs, err.of(r))
		}
		s.rules = append(s.rules, r)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return s, nil
}

// compile takes over what the policy says.
func (r *rule) compile(p Policy) *Error {
	if err := checkPatterns(&p); err != nil {
		return err
	}
	r.observe = p.Observe
	r.source = p
	r.identities = compile(p.Identities, false)
	r.groups = compile(p.Groups, false)
	r.clusters = compile(p.Clusters, false)
	r.topics = compile(p.Topics, true)
	r.see = compile(slices.Concat(p.ConsumerGroups.See, p.ConsumerGroups.Join), true)
	r.join = compile(p.ConsumerGroups.Join, true)
	r.transactionalIDs = compile(p.TransactionalIDs, true)
	for i, entry := range p.Allow {
		if err := r.add(entry); err != nil {
			return &Error{Path: item("allow", i), Err: err}
		}
	}
	return checkUse(&p, r)
}

// add allows what an entry of Allow says.
func (r *rule) add(entry string) error {
	g, err := parseGrant(entry)
	if err != nil {
		return err
	}
	for i := range table {
		a := &table[i]
		if a.always || g.api(a) {
			r.apis.add(a.key)
		}
		if g.api(a) && !g.brokers {
			r.named.add(a.key)
		}
		if g.transactional(a) {
			r.transactional.add(a.key)
		}
		if g.onBrokers(a) {
			r.brokers.add(a.key)
		}
	}
	return nil
}

// forCluster reports whether the policy is for a cluster.
func (r *rule) forCluster(cluster string) bool {
	return r.clusters.empty() || r.clusters.match(cluster)
}

// forIdentity reports whether the policy is for an identity.
func (r *rule) forIdentity(identity string, groups []string) bool {
	return r.identities.match(identity) || slices.ContainsFunc(groups, r.groups.match)
}
