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
// id of that name. api may also be "DescribeConfigs of brokers" and the like. A denial says of each policy that
// matches the identity why it doesn't allow it. The error is about an api that doesn't exist or names no such
// resource.
func (s *Set) Explain(cluster Cluster, identity string, groups []string, api, resource string) (*Explanation, error) {
	e := &Explanation{}
	for _, r := range s.rules {
		line := PolicyLine{Policy: r.name, Observe: r.observe, Text: r.mismatch(cluster.Name, identity, groups)}
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
	rights := s.newRights(cluster.Name, identity, groups)
	if cluster.Held && a.notHeld {
		e.Answers = []Answer{{Subject: a.name, Reason: notHeld}}
		return e, nil
	}
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
		return fmt.Errorf("no API of Kafka is called %q, did you mean %s?", name, meant)
	}
	return fmt.Errorf("no API of Kafka is called %q: the name of one was expected, such as Fetch, and after it that of a topic or a group", name)
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
