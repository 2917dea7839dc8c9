package policy

import (
	"fmt"
	"slices"
	"strings"
)

// mismatch says why a policy doesn't match an identity on a cluster, or nothing if it does.
func (r *rule) mismatch(cluster, identity string, groups []string) string {
	if !r.forCluster(cluster) {
		return fmt.Sprintf("not for cluster %q: it is for %s", cluster, list(r.source.Clusters))
	}
	if r.forIdentity(identity, groups) {
		return ""
	}
	var whom []string
	if len(r.source.Identities) > 0 {
		whom = append(whom, "identities "+list(r.source.Identities))
	}
	if len(r.source.Groups) > 0 {
		whom = append(whom, "groups "+list(r.source.Groups))
	}
	of := "in no groups"
	if len(groups) > 0 {
		of = "in groups " + list(groups)
	}
	return fmt.Sprintf("not for %q, %s: it is for %s", identity, of, strings.Join(whom, " or "))
}

// describe says what a policy allows, and on what.
func (r *rule) describe() string {
	p := r.source
	text := strings.Join(p.Allow, ", ")
	for _, part := range []struct {
		what     string
		patterns []string
	}{
		{"topics", p.Topics},
		{"groups to see", p.ConsumerGroups.See},
		{"groups to join", p.ConsumerGroups.Join},
		{"transactional ids", p.TransactionalIDs},
	} {
		if len(part.patterns) > 0 {
			text += "; " + part.what + ": " + list(part.patterns)
		}
	}
	return text
}

// denial says why a policy doesn't allow an API and a resource, or nothing if it does.
func (r *rule) denial(a *api, on resource, name string) string {
	if r.allows(a, on, name) {
		return ""
	}
	allow := strings.Join(r.source.Allow, ", ")
	switch {
	case !r.apis.has(a.key) && a.named != "":
		return fmt.Sprintf("%s doesn't include %s; no preset does, since %s: it is allowed by its name", allow, a.name, a.named)
	case !r.apis.has(a.key):
		return fmt.Sprintf("%s doesn't include %s; %s", allow, a.name, a.includedIn())
	case on == aBroker:
		return fmt.Sprintf("%s doesn't allow %s on brokers", allow, a.name)
	case on == aTransactionalID && !r.transactional.has(a.key):
		return fmt.Sprintf("%s allows %s without a transactional id only", allow, a.name)
	case on != aTransactionalID && !r.named.has(a.key):
		return fmt.Sprintf("%s allows %s on brokers only", allow, a.name)
	}
	patterns, key := r.patternsFor(a, on)
	if len(patterns) == 0 {
		return fmt.Sprintf("it has no %s", key)
	}
	text := fmt.Sprintf("%s has %s, which don't match", key, list(patterns))
	if len(patterns) == 1 {
		text = fmt.Sprintf("%s has %s, which doesn't match", key, list(patterns))
	}
	if strings.HasPrefix(name, "_") {
		text += `; a * at the beginning matches no name that begins with "_"`
	}
	return text
}

// patternsFor returns the patterns that decide on a resource, and what they are called in the file.
func (r *rule) patternsFor(a *api, on resource) (patterns []string, key string) {
	p := r.source
	switch {
	case on == aTopic:
		return p.Topics, "topics"
	case on == aTransactionalID:
		return p.TransactionalIDs, "transactional_ids"
	case a.joins:
		return p.ConsumerGroups.Join, "consumer_groups.join"
	}
	return slices.Concat(p.ConsumerGroups.See, p.ConsumerGroups.Join), "consumer_groups"
}

// resources returns what an API is used on.
func (a *api) resources() (on []resource) {
	if a.names&topics != 0 {
		on = append(on, aTopic)
	}
	if a.names&groups != 0 {
		on = append(on, aGroup)
	}
	if a.names&transactionalIDs != 0 {
		on = append(on, aTransactionalID)
	}
	return on
}

// includedIn says which presets include an API.
func (a *api) includedIn() string {
	var names []string
	for i, name := range presetNames {
		if a.in&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	if len(names) == 1 {
		return names[0] + " does"
	}
	return strings.Join(names, ", ") + " do"
}

// list joins patterns for somebody to read.
func list(patterns []string) string {
	quoted := make([]string, len(patterns))
	for i, p := range patterns {
		quoted[i] = fmt.Sprintf("%q", p)
	}
	return strings.Join(quoted, ", ")
}

// String returns how an explanation calls the resource.
func (on resource) String() string {
	return [...]string{"nothing", "topic", "group", "transactional id", "broker"}[on]
}
