package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// An Explanation is why an identity may do something on a cluster, or may not.
type Explanation struct {
	// Answers are about the API and, if a resource was given, about that as each kind of resource which the
	// API names: a topic, a consumer group, a transactional id. Without an API there are none.
	Answers []Answer
	// Policies are all policies, in their order: what those which match the identity and the cluster allow,
	// and why the others don't match.
	Policies []PolicyLine
}

// An Answer is a decision and what led to it.
type Answer struct {
	Decision
	// Subject is what was decided on, such as `Fetch on topic "orders"`.
	Subject string
	// Reason says why no policy can allow it (Policies is empty then), or not every version of it.
	Reason string
	// Policies say what each matching policy decides.
	Policies []PolicyLine
}

// A PolicyLine says one thing about a policy.
type PolicyLine struct {
	Policy  string
	Observe bool // the policy only observes
	Matches bool // in Explanation: it matches. In Answer: it allows what was asked
	Text    string
}

// Explain says what an identity may do on a cluster, and by which policy. With api, a name such as "Fetch",
// it says whether that may be used and, with a resource, on the topic, the group or with the transactional
// id of that name. api may also be "DescribeConfigs of brokers" and the like. A denial says of each policy that matches the identity why it doesn't allow it. The error
// is about an api that doesn't exist or names no such resource.
func (s *Set) Explain(cluster, identity string, groups []string, api, resource string) (*Explanation, error) {
	e := &Explanation{}
	for _, r := range s.rules {
		line := PolicyLine{Policy: r.name, Observe: r.observe, Text: r.mismatch(cluster, identity, groups)}
		if line.Text == "" {
			line.Matches, line.Text = true, r.describe()
		}
		e.Policies = append(e.Policies, line)
	}
	if api == "" {
		if resource != "" {
			return nil, fmt.Errorf("which API on %q? Name one, such as Fetch", resource)
		}
		return e, nil
	}
	name, brokers := strings.CutSuffix(api, ofBrokers)
	a := named(name)
	switch {
	case a == nil:
		return nil, unknownAPI(name)
	case brokers && (!a.brokers || resource != ""):
		return nil, fmt.Errorf("%q: ask for %s, without a topic or group", api, strings.Join(brokerAPIs(), ", "))
	}
	rights := s.newRights(cluster, identity, groups)
	if brokers {
		e.Answers = []Answer{rights.answer(a, aBroker, "")}
		return e, nil
	}
	if resource == "" {
		e.Answers = []Answer{rights.answer(a, nothing, "")}
		return e, nil
	}
	for _, on := range a.resources() {
		e.Answers = append(e.Answers, rights.answer(a, on, resource))
	}
	if len(e.Answers) == 0 {
		return nil, fmt.Errorf("%s is about no topic, group or transactional id: leave %q out", api, resource)
	}
	return e, nil
}

func unknownAPI(name string) error {
	var names []string
	for _, a := range table {
		names = append(names, a.name)
	}
	if meant := nearest.Name(name, names); meant != "" {
		return fmt.Errorf("Kafka has no API %q; did you mean %s?", name, meant)
	}
	return fmt.Errorf("Kafka has no API %q: the names are those of policies, such as Fetch", name)
}

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
	return fmt.Sprintf("not for %q, %s: it is for %s", identity, of, strings.Join(whom, " and "))
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

// answer decides, and says what led to it.
func (r *Rights) answer(a *api, on resource, name string) Answer {
	answer := Answer{Subject: a.name, Decision: r.decide(a.key, on, name)}
	switch on {
	case nothing:
	case aBroker:
		answer.Subject += ofBrokers
	default:
		answer.Subject = fmt.Sprintf("%s on %s %q", a.name, on, name)
	}
	switch highest := a.highest(); {
	case highest < 0:
		answer.Reason = a.never
		return answer
	case a.never != "":
		answer.Reason = fmt.Sprintf("up to version %d; above, %s", highest, a.never)
	}
	for _, rule := range slices.Concat(r.enforcing, r.observing) {
		line := PolicyLine{Policy: rule.name, Observe: rule.observe, Text: rule.denial(a, on, name)}
		if line.Text == "" {
			line.Matches, line.Text = true, rule.describe()
		}
		answer.Policies = append(answer.Policies, line)
	}
	return answer
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
		return p.ConsumerGroups.Join, "consumer_groups: join"
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
