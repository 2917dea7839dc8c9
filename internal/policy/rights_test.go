package policy

import "testing"

// key returns the key of an API.
func key(t testing.TB, name string) int16 {
	t.Helper()
	a := named(name)
	if a == nil {
		t.Fatalf("no API %s", name)
	}
	return a.key
}

func mustNew(t testing.TB, policies ...Policy) *Set {
	t.Helper()
	s, err := New(policies)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var analysts = Policy{
	Name:             "analysts",
	Identities:       []string{"ci"},
	Groups:           []string{"devs"},
	Clusters:         []string{"prod"},
	Allow:            []string{"read-only"},
	Topics:           []string{"orders*"},
	ConsumerGroups:   ConsumerGroups{See: []string{"*"}, Join: []string{"kafkaio-*"}},
	TransactionalIDs: []string{"tx-*"},
}

func TestReadOnly(t *testing.T) {
	r := mustNew(t, analysts).Rights("prod", "ci", nil)
	for _, c := range []struct {
		api  string
		ask  func(*Rights, int16, string) Decision
		name string
		want bool
	}{
		{"Fetch", (*Rights).Topic, "orders", true},
		{"Fetch", (*Rights).Topic, "orders.eu", true},
		{"Fetch", (*Rights).Topic, "payments", false},
		{"Fetch", (*Rights).Topic, "", false},
		{"Produce", (*Rights).Topic, "orders", false},
		{"DescribeConfigs", (*Rights).Topic, "orders", true},
		{"DescribeConfigs", (*Rights).Group, "g", true},
		{"AlterConfigs", (*Rights).Topic, "orders", false},
		{"DescribeGroups", (*Rights).Group, "anything", true},
		{"DescribeGroups", (*Rights).Group, "_internal", false},
		{"OffsetFetch", (*Rights).Group, "anything", true},
		{"OffsetCommit", (*Rights).Group, "anything", false},
		{"OffsetCommit", (*Rights).Group, "kafkaio-1", true},
		{"JoinGroup", (*Rights).Group, "anything", false},
		{"DeleteGroups", (*Rights).Group, "kafkaio-1", false},
		{"DescribeTransactions", (*Rights).TransactionalID, "tx-1", true},
		{"EndTxn", (*Rights).TransactionalID, "tx-1", false},
		{"Envelope", (*Rights).Topic, "orders", false},
	} {
		if got := c.ask(r, key(t, c.api), c.name); got.Allowed != c.want || got.Observed || got.Allowed != (got.Policy == "analysts") {
			t.Errorf("%s on %q: %+v, want allowed %v", c.api, c.name, got, c.want)
		}
	}
}

func TestApisOfPresets(t *testing.T) {
	for _, c := range []struct {
		allow, api string
		version    int16
		want       bool
	}{
		{"metadata", "ApiVersions", 4, true},
		{"metadata", "SaslHandshake", 1, true},
		{"metadata", "Metadata", 13, true},
		{"metadata", "Fetch", 13, false},
		{"metadata", "JoinGroup", 0, false},
		{"read-only", "Fetch", 18, true},
		{"read-only", "Produce", 9, false},
		{"read-only", "InitProducerId", 0, false},
		{"read-only", "StreamsGroupHeartbeat", 0, false},
		{"produce-only", "Produce", 9, true},
		{"produce-only", "Metadata", 9, true},
		{"produce-only", "Fetch", 9, false},
		{"produce-only", "InitProducerId", 4, true},
		{"produce-only", "AddPartitionsToTxn", 3, false},
		{"read-write", "AddPartitionsToTxn", 3, true},
		{"read-write", "AddPartitionsToTxn", 4, false},
		{"read-write", "CreateTopics", 7, false},
		{"full", "CreateTopics", 7, true},
		{"full", "DeleteRecords", 2, true},
		{"full", "CreateAcls", 3, false},
		{"full", "AlterUserScramCredentials", 0, false},
		{"full", "AlterClientQuotas", 0, false},
		{"full", "UpdateFeatures", 0, false},
		{"full", "AddRaftVoter", 0, false},
		{"full", "CreateDelegationToken", 1, false},
		{"full", "WriteTxnMarkers", 1, false},
		{"full", "PushTelemetry", 0, false},
		{"CreateAcls", "CreateAcls", 3, true},
		{"CreateAcls", "ApiVersions", 3, true},
		{"CreateAcls", "Metadata", 3, false},
	} {
		p := Policy{Identities: []string{"*"}, Allow: []string{c.allow}}
		if _, preset := presetOf(c.allow); preset {
			p.Topics = []string{"*"}
		}
		got := mustNew(t, p).Rights("prod", "ci", nil).API(key(t, c.api), c.version)
		if got.Allowed != c.want {
			t.Errorf("%s: %s %d is %+v, want %v", c.allow, c.api, c.version, got, c.want)
		}
	}
}

func presetOf(name string) (presets, bool) {
	g, err := parseGrant(name)
	return g.preset, err == nil && g.preset != 0
}

func TestUnknownKeysAreDenied(t *testing.T) {
	everything := Policy{Identities: []string{"*"}, Allow: []string{"full"}, Topics: []string{"*", "_*"}}
	observed := everything
	observed.Observe = true
	for _, s := range []*Set{mustNew(t, everything), mustNew(t, observed)} {
		r := s.Rights("prod", "ci", nil)
		for _, k := range []int16{-32768, -1, 95, 127, 128, 32767} {
			if r.API(k, 0).Allowed || r.Topic(k, "t").Allowed || r.Group(k, "g").Allowed || r.TransactionalID(k, "t").Allowed || r.Brokers(k).Allowed || r.AllTopics(k) {
				t.Errorf("something is allowed with the key %d", k)
			}
		}
	}
}

func TestWhomAPolicyIsFor(t *testing.T) {
	s := mustNew(t, analysts)
	for _, c := range []struct {
		cluster, identity string
		groups            []string
		want              bool
	}{
		{"prod", "ci", nil, true},
		{"prod", "other", nil, false},
		{"prod", "other", []string{"ops", "devs"}, true},
		{"prod", "devs", nil, false},
		{"prod", "other", []string{"ci"}, false},
		{"staging", "ci", []string{"devs"}, false},
		{"prod", "", nil, false},
		{"prod", "ci\x00", nil, false},
	} {
		for range 2 { // made, and remembered
			r := s.Rights(c.cluster, c.identity, c.groups)
			if got := r.API(3, 9).Allowed; got != c.want {
				t.Errorf("%+v: allowed %v", c, got)
			}
		}
	}
}
