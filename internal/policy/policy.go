// Package policy decides who may use which of Kafka's APIs on which topics, consumer groups and
// transactional ids.
package policy

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
	// DescribeConfigs.
	Allow []string
	// Topics are patterns of topics. "*" alone doesn't match names that begin with "_".
	Topics []string
	// ConsumerGroups are patterns of group ids.
	ConsumerGroups ConsumerGroups
	// TransactionalIDs are patterns.
	TransactionalIDs []string
	// Observe makes the policy log what it would deny, and deny nothing.
	Observe bool
}

// ConsumerGroups are the groups that a policy is about.
type ConsumerGroups struct {
	See  []string // may be listed and described, and their offsets be fetched
	Join []string // may be joined, and their offsets be committed
}

// A Set is policies that are checked.
type Set struct{}

// New returns the policies as a Set, or an error that names the one which makes no sense.
func New(policies []Policy) (*Set, error) { panic("not built yet") }

// Rights returns what an identity may do on a cluster: the union of the policies that match it.
func (s *Set) Rights(cluster, identity string, groups []string) *Rights { panic("not built yet") }

// Rights are what an identity may do on a cluster.
type Rights struct{}

// Decision is an answer of Rights.
type Decision struct {
	Allowed bool
	// Observed says that only an observing policy allows it: it is let through, and logged.
	Observed bool
	// Policy is the name of the policy that allows it.
	Policy string
}

// API says whether an API may be used at all in that version.
func (r *Rights) API(key, version int16) Decision { panic("not built yet") }

// Topic says whether an API may be used on a topic.
func (r *Rights) Topic(key int16, topic string) Decision { panic("not built yet") }

// AllTopics says whether an API may be used on every topic, those that begin with "_" included.
func (r *Rights) AllTopics(key int16) bool { panic("not built yet") }

// Group says whether an API may be used on a consumer group. Which of See and Join decides depends on the
// API.
func (r *Rights) Group(key int16, group string) Decision { panic("not built yet") }

// TransactionalID says whether an API may be used with a transactional id.
func (r *Rights) TransactionalID(key int16, id string) Decision { panic("not built yet") }
