package policy

import (
	"strconv"
	"testing"
)

// TestPoliciesAddUpByThemselves holds that the API of one and the topic of another allow nothing.
func TestPoliciesAddUpByThemselves(t *testing.T) {
	s := mustNew(t,
		Policy{Name: "read", Identities: []string{"ci"}, Allow: []string{"read-only"}, Topics: []string{"in*"}},
		Policy{Name: "write", Identities: []string{"ci"}, Allow: []string{"produce-only"}, Topics: []string{"out*"}})
	r := s.Rights("prod", "ci", nil)
	for _, c := range []struct {
		api, topic, policy string
	}{
		{"Fetch", "in1", "read"}, {"Fetch", "out1", ""}, {"Produce", "out1", "write"}, {"Produce", "in1", ""},
		{"Metadata", "in1", "read"}, {"Metadata", "out1", "write"},
	} {
		if got := r.Topic(key(t, c.api), c.topic); got.Allowed != (c.policy != "") || got.Policy != c.policy {
			t.Errorf("%s on %s: %+v, want %q", c.api, c.topic, got, c.policy)
		}
	}
}

func TestProduceOnlyHasNoTransactions(t *testing.T) {
	s := mustNew(t,
		Policy{Identities: []string{"ci"}, Allow: []string{"produce-only"}, Topics: []string{"*"}},
		Policy{Identities: []string{"ci"}, Allow: []string{"metadata"}, Topics: []string{"*"}, TransactionalIDs: []string{"*"}})
	r := s.Rights("prod", "ci", nil)
	for _, api := range []string{"Produce", "InitProducerId"} {
		if !r.API(key(t, api), 0).Allowed || r.TransactionalID(key(t, api), "tx").Allowed {
			t.Errorf("%s is not allowed, or is with a transactional id", api)
		}
	}
	if !r.TransactionalID(key(t, "DescribeTransactions"), "tx").Allowed {
		t.Error("DescribeTransactions is denied")
	}
}

func TestConfigurationsOfBrokers(t *testing.T) {
	for _, c := range []struct {
		allow               string
		describe, alter     bool
		describeT, alterT   bool
		describeAt, alterAt bool
	}{
		{"metadata", false, false, true, false, true, false},
		{"full", true, false, true, true, true, true},
		{"IncrementalAlterConfigs", false, false, false, true, false, true},
		{"IncrementalAlterConfigs of brokers", false, true, false, false, false, true},
		{"DescribeConfigs of brokers", true, false, false, false, true, false},
	} {
		p := Policy{Identities: []string{"*"}, Allow: []string{c.allow, "Metadata"}, Topics: []string{"*"}}
		r := mustNew(t, p).Rights("prod", "ci", nil)
		describe, alter := key(t, "DescribeConfigs"), key(t, "IncrementalAlterConfigs")
		got := []bool{r.Brokers(describe).Allowed, r.Brokers(alter).Allowed, r.Topic(describe, "t").Allowed,
			r.Topic(alter, "t").Allowed, r.API(describe, 0).Allowed, r.API(alter, 0).Allowed}
		for i, want := range []bool{c.describe, c.alter, c.describeT, c.alterT, c.describeAt, c.alterAt} {
			if got[i] != want {
				t.Errorf("%s: question %d says %v", c.allow, i, got[i])
			}
		}
	}
}

func TestAllTopics(t *testing.T) {
	for _, c := range []struct {
		patterns []string
		want     bool
	}{
		{[]string{"*"}, false}, {[]string{"_*"}, false}, {[]string{"*", "_*"}, true}, {[]string{"*", "__*"}, false},
	} {
		s := mustNew(t, Policy{Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: c.patterns})
		r := s.Rights("prod", "ci", nil)
		if got := r.AllTopics(key(t, "Fetch")); got != c.want {
			t.Errorf("%q: %v", c.patterns, got)
		}
		if r.AllTopics(key(t, "Produce")) {
			t.Errorf("%q: also Produce, which is not allowed", c.patterns)
		}
	}
	s := mustNew(t,
		Policy{Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: []string{"*"}},
		Policy{Identities: []string{"*"}, Allow: []string{"Fetch"}, Topics: []string{"_*"}})
	r := s.Rights("prod", "ci", nil)
	if !r.AllTopics(key(t, "Fetch")) || r.AllTopics(key(t, "ListOffsets")) {
		t.Error("two policies that allow all together")
	}
}

func TestObserve(t *testing.T) {
	observing := Policy{Name: "trial", Identities: []string{"ci"}, Allow: []string{"read-only"}, Topics: []string{"orders*"}, Observe: true}
	enforcing := Policy{Name: "old", Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: []string{"old*"}}
	r := mustNew(t, observing, enforcing).Rights("prod", "ci", nil)
	for _, c := range []struct {
		api, topic string
		want       Decision
	}{
		{"Fetch", "orders", Decision{Allowed: true, Policy: "trial"}},
		{"Fetch", "old", Decision{Allowed: true, Policy: "old"}},
		{"Fetch", "payments", Decision{Allowed: true, Observed: true, Policy: "trial"}},
		{"Produce", "orders", Decision{Allowed: true, Observed: true, Policy: "trial"}},
		{"Envelope", "orders", Decision{}},
	} {
		if got := r.Topic(key(t, c.api), c.topic); got != c.want {
			t.Errorf("%s on %s: %+v, want %+v", c.api, c.topic, got, c.want)
		}
	}
	if got := r.API(key(t, "CreateAcls"), 3); !got.Observed {
		t.Errorf("CreateAcls: %+v", got)
	}
	if got := r.API(key(t, "AddPartitionsToTxn"), 4); got.Allowed {
		t.Errorf("AddPartitionsToTxn 4: %+v", got)
	}
	if r.AllTopics(key(t, "Fetch")) {
		t.Error("all topics would be let through without a log")
	}
}

func TestTheQuorumsTopicNeedsNoPattern(t *testing.T) {
	r := mustNew(t, Policy{Identities: []string{"*"}, Allow: []string{"full"}, Topics: []string{"orders"}}).Rights("prod", "ci", nil)
	if !r.Topic(quorumKey, quorumTopic).Allowed || r.Topic(quorumKey, "payments").Allowed || r.Topic(key(t, "Fetch"), quorumTopic).Allowed {
		t.Error("DescribeQuorum of __cluster_metadata, and only that")
	}
}

// TestRightsAreRememberedWithinABound holds that identities without end don't fill the memory.
func TestRightsAreRememberedWithinABound(t *testing.T) {
	s := mustNew(t, analysts)
	for i := range 3 * maxRights {
		s.Rights("prod", strconv.Itoa(i), nil)
	}
	if len(s.rights) > maxRights {
		t.Errorf("%d are remembered", len(s.rights))
	}
	if a, b := s.Rights("prod", "ab", []string{"c"}), s.Rights("prod", "a", []string{"bc"}); a == b {
		t.Error("two identities have the same rights")
	}
	first := s.Rights("prod", "ci", nil)
	if again := s.Rights("prod", "ci", nil); again != first {
		t.Error("rights are made again")
	}
}
