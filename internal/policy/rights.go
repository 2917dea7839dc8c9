package policy

import (
	"encoding/binary"
	"slices"
)

// maxRights is how many Rights a Set remembers.
const maxRights = 1024

// Rights are what an identity may do on a cluster. They may be used by several goroutines at once.
type Rights struct {
	enforcing []*rule
	observing []*rule
	allTopics keys
}

// Decision is an answer of Rights.
type Decision struct {
	Allowed bool
	// Observed says that only an observing policy lets it through, which doesn't allow it: it is logged.
	Observed bool
	// Policy is the name of the policy that allows it or, with Observed, of the one that would deny it.
	Policy string
}

// Rights returns what an identity may do on a cluster: the union of the policies that match it. It is cheap
// enough to be called for each request: a Set remembers what it has returned.
func (s *Set) Rights(cluster, identity string, groups []string) *Rights {
	var space [256]byte
	key := appendText(appendText(space[:0], cluster), identity)
	for _, g := range groups {
		key = appendText(key, g)
	}
	s.mu.RLock()
	r := s.rights[string(key)]
	s.mu.RUnlock()
	if r != nil {
		return r
	}
	r = s.newRights(cluster, identity, groups)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.rights) >= maxRights {
		clear(s.rights)
	}
	s.rights[string(key)] = r
	return r
}

// appendText appends text so that no two lists of texts have the same bytes.
func appendText(to []byte, text string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(text))), text...)
}

func (s *Set) newRights(cluster, identity string, groups []string) *Rights {
	r := &Rights{}
	for _, rule := range s.rules {
		switch {
		case !rule.forCluster(cluster) || !rule.forIdentity(identity, groups):
		case rule.observe:
			r.observing = append(r.observing, rule)
		default:
			r.enforcing = append(r.enforcing, rule)
		}
	}
	for _, a := range table {
		if r.everyTopic(a.key) {
			r.allTopics.add(a.key)
		}
	}
	return r
}

// everyTopic reports whether the policies that allow an API match any name, and any that begins with "_".
func (r *Rights) everyTopic(key int16) bool {
	var visible, internal bool
	for _, rule := range slices.Concat(r.enforcing, r.observing) {
		if rule.named.has(key) {
			visible = visible || rule.topics.any
			internal = internal || rule.topics.internal
		}
	}
	return visible && internal
}

// API says whether an API may be used at all in that version.
func (r *Rights) API(key, version int16) Decision {
	if highest, ok := MaxVersion(key, false); !ok || version > highest {
		return Decision{}
	}
	return r.decide(key, nothing, "")
}

// Topic says whether an API may be used on a topic.
func (r *Rights) Topic(key int16, topic string) Decision { return r.decide(key, aTopic, topic) }

// AllTopics says whether an API may be used on every topic, those that begin with "_" included, without
// anything to be logged. It says false if that takes other patterns than "*" and "_*".
func (r *Rights) AllTopics(key int16) bool { return r.allTopics.has(key) }

// Group says whether an API may be used on a consumer group, or one of another kind. Which of See and Join
// decides depends on the API.
func (r *Rights) Group(key int16, group string) Decision { return r.decide(key, aGroup, group) }

// TransactionalID says whether an API may be used with a transactional id.
func (r *Rights) TransactionalID(key int16, id string) Decision {
	return r.decide(key, aTransactionalID, id)
}

// Brokers says whether an API may be used on what is neither a topic nor a group: the configuration of
// brokers, their loggers and client metrics. It is for the APIs that may be used on topics as well:
// DescribeConfigs, AlterConfigs and IncrementalAlterConfigs.
func (r *Rights) Brokers(key int16) Decision { return r.decide(key, aBroker, "") }

// A resource is what an API is used on.
type resource uint8

const (
	nothing resource = iota
	aTopic
	aGroup
	aTransactionalID
	aBroker
)

// decide returns the decision on an API and a resource with that name.
func (r *Rights) decide(key int16, on resource, name string) Decision {
	a := lookup(key)
	if a == nil || a.highest() < 0 {
		return Decision{}
	}
	for _, rule := range r.enforcing {
		if rule.allows(a, on, name) {
			return Decision{Allowed: true, Policy: rule.name}
		}
	}
	for _, rule := range r.observing {
		if rule.allows(a, on, name) {
			return Decision{Allowed: true, Policy: rule.name}
		}
	}
	if len(r.observing) > 0 {
		return Decision{Allowed: true, Observed: true, Policy: r.observing[0].name}
	}
	return Decision{}
}

func (r *rule) allows(a *api, on resource, name string) bool {
	switch on {
	case aTopic:
		if a.key == quorumKey && name == quorumTopic {
			return r.apis.has(a.key)
		}
		return r.named.has(a.key) && r.topics.match(name)
	case aGroup:
		if a.joins {
			return r.named.has(a.key) && r.join.match(name)
		}
		return r.named.has(a.key) && r.see.match(name)
	case aTransactionalID:
		return r.transactional.has(a.key) && r.transactionalIDs.match(name)
	case aBroker:
		return r.brokers.has(a.key)
	}
	return r.apis.has(a.key)
}
