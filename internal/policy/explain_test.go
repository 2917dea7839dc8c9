package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// text renders an explanation for comparison.
func text(e *Explanation) string {
	var lines []string
	add := func(l PolicyLine) {
		lines = append(lines, fmt.Sprintf("  %v %s: %s", l.Matches, l.Policy, l.Text))
	}
	for _, a := range e.Answers {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%s: %v %v by %q %s", a.Subject, a.Allowed, a.Observed, a.Policy, a.Reason), " "))
		for _, l := range a.Policies {
			add(l)
		}
	}
	if len(e.Answers) == 0 {
		for _, l := range e.Policies {
			add(l)
		}
	}
	return strings.Join(lines, "\n")
}

func TestExplain(t *testing.T) {
	s := mustNew(t, analysts,
		Policy{Identities: []string{"ci", "cd*"}, Allow: []string{"produce-only"}, Topics: []string{"*"}},
		Policy{Name: "ops", Groups: []string{"ops"}, Allow: []string{"full"}, Topics: []string{"*", "_*"}})
	for _, c := range []struct {
		identity, groups, api, resource string
		want                            string
	}{
		{"ci", "", "", "", `  true analysts: read-only; topics: "orders*"; groups to see: "*"; groups to join: "kafkaio-*"; transactional ids: "tx-*"
  true policy 2: produce-only; topics: "*"
  false ops: not for "ci", in no groups: it is for groups "ops"`},
		{"stranger", "a,b", "", "", `  false analysts: not for "stranger", in groups "a", "b": it is for identities "ci" or groups "devs"
  false policy 2: not for "stranger", in groups "a", "b": it is for identities "ci", "cd*"
  false ops: not for "stranger", in groups "a", "b": it is for groups "ops"`},
		{"ci", "", "Fetch", "payments", `Fetch on topic "payments": false false by ""
  false analysts: topics has "orders*", which doesn't match
  false policy 2: produce-only doesn't include Fetch; read-only, read-write, full do`},
		{"ci", "", "Produce", "payments", `Produce on topic "payments": true false by "policy 2"
  false analysts: read-only doesn't include Produce; produce-only, read-write, full do
  true policy 2: produce-only; topics: "*"
Produce on transactional id "payments": false false by ""
  false analysts: read-only doesn't include Produce; produce-only, read-write, full do
  false policy 2: produce-only allows Produce without a transactional id only`},
		{"cd1", "", "Produce", "_schemas", `Produce on topic "_schemas": false false by ""
  false policy 2: topics has "*", which doesn't match; a * at the beginning matches no name that begins with "_"
Produce on transactional id "_schemas": false false by ""
  false policy 2: produce-only allows Produce without a transactional id only`},
		{"ci", "", "JoinGroup", "g", `JoinGroup on group "g": false false by ""
  false analysts: consumer_groups.join has "kafkaio-*", which doesn't match
  false policy 2: produce-only doesn't include JoinGroup; read-only, read-write, full do`},
		{"x", "ops", "JoinGroup", "g", `JoinGroup on group "g": false false by ""
  false ops: it has no consumer_groups.join`},
		{"x", "ops", "CreateAcls", "", `CreateAcls: false false by ""
  false ops: full doesn't include CreateAcls; no preset does, since it is about who may do what in the cluster: it is allowed by its name`},
		{"x", "ops", "Envelope", "", `Envelope: false false by "" only controllers and brokers use it among themselves`},
		{"x", "ops", "AddPartitionsToTxn", "", `AddPartitionsToTxn: true false by "ops" up to version 3; above, only controllers and brokers use it among themselves
  true ops: full; topics: "*", "_*"`},
		{"x", "ops", "AlterConfigs of brokers", "", `AlterConfigs of brokers: false false by ""
  false ops: full doesn't allow AlterConfigs on brokers`},
		{"nobody", "", "Fetch", "orders", `Fetch on topic "orders": false false by ""`},
	} {
		var groups []string
		if c.groups != "" {
			groups = strings.Split(c.groups, ",")
		}
		e, err := s.Explain(Cluster{Name: "prod"}, c.identity, groups, c.api, c.resource)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
		} else if got := text(e); got != c.want {
			t.Errorf("%s, %s on %q:\n%s\nwant\n%s", c.identity, c.api, c.resource, got, c.want)
		}
	}
	e, err := s.Explain(Cluster{Name: "staging"}, "ci", nil, "", "")
	if err != nil || e.Policies[0].Text != `not for cluster "staging": it is for "prod"` {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestExplainObserving(t *testing.T) {
	p := analysts
	p.Observe = true
	e, err := mustNew(t, p).Explain(Cluster{Name: "prod"}, "ci", nil, "Produce", "orders")
	if err != nil {
		t.Fatal(err)
	}
	if a := e.Answers[0]; !a.Allowed || !a.Observed || !a.Policies[0].Observe || a.Policies[0].Matches {
		t.Errorf("%+v", a)
	}
}

func TestExplainWithHeldCredentials(t *testing.T) {
	s := mustNew(t, Policy{Identities: []string{"ci"}, Allow: []string{"full", "CreateDelegationToken"}, Topics: []string{"*"}})
	for api, want := range map[string][2]bool{
		"SaslHandshake":         {true, false},
		"SaslAuthenticate":      {true, false},
		"CreateDelegationToken": {true, false},
		"ApiVersions":           {true, true},
		"PushTelemetry":         {false, false},
	} {
		for i, held := range []bool{false, true} {
			e, err := s.Explain(Cluster{Name: "prod", Held: held}, "ci", nil, api, "")
			if err != nil {
				t.Fatal(err)
			}
			answer := e.Answers[0]
			if answer.Allowed != want[i] || !answer.Allowed && (answer.Reason == "" || len(answer.Policies) > 0) {
				t.Errorf("%s, held %v: %+v", api, held, answer)
			}
		}
	}
}

func TestWhatCannotBeExplained(t *testing.T) {
	s := mustNew(t, analysts)
	for _, c := range []struct{ api, resource, want string }{
		{"fetch", "", "did you mean Fetch?"},
		{"orders", "", `no API of Kafka is called "orders"`},
		{"", "orders", `which API on "orders"?`},
		{"ApiVersions", "orders", `ApiVersions is about no topic`},
		{"Fetch of brokers", "", `ask for DescribeConfigs of brokers`},
	} {
		if _, err := s.Explain(Cluster{Name: "prod"}, "ci", nil, c.api, c.resource); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q on %q: %v, want %s", c.api, c.resource, err, c.want)
		}
	}
}

// TestExplanationsAgreeWithRights asks both of everything.
func TestExplanationsAgreeWithRights(t *testing.T) {
	s := mustNew(t, analysts, Policy{Identities: []string{"ci"}, Allow: []string{"produce-only", "DescribeConfigs of brokers"}, Topics: []string{"*"}})
	r := s.Rights("prod", "ci", nil)
	for _, a := range table {
		for _, on := range append([]resource{nothing, aBroker}, a.resources()...) {
			for _, name := range []string{"orders", "kafkaio-1", "_x", "tx-1"} {
				answer := r.answer(&a, on, name)
				explained := slices.ContainsFunc(answer.Policies, func(l PolicyLine) bool { return l.Matches })
				if answer.Allowed != explained {
					t.Errorf("%s: %v, and the explanation is %v", answer.Subject, answer.Allowed, answer.Policies)
				}
			}
		}
	}
}

func TestClustersOfPolicies(t *testing.T) {
	tokens := Policy{Identities: []string{"*"}, Allow: []string{"CreateDelegationToken"}}
	staging := tokens
	staging.Clusters = []string{"stag*"}
	mistyped := analysts
	mistyped.Clusters = []string{"prod", "stagign"}
	unknown := analysts
	unknown.Clusters = []string{"test-*"}
	clusters := []Cluster{{Name: "prod", Held: true}, {Name: "staging"}}
	for _, c := range []struct {
		policy Policy
		want   string
	}{
		{analysts, ""},
		{staging, ""},
		{tokens, `CreateDelegationToken isn't possible on cluster "prod"`},
		{mistyped, `no cluster "stagign", did you mean staging?`},
		{unknown, `no cluster matches "test-*": they are prod, staging`},
	} {
		err := mustNew(t, c.policy).CheckClusters(clusters)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}
