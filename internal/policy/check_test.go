package policy

import (
	"errors"
	"strings"
	"testing"
)

// TestPoliciesThatMakeNoSense has what an operator gets wrong, and what the error says.
func TestPoliciesThatMakeNoSense(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Policy)
		want   string // a part of the error
	}{
		{"nobody", func(p *Policy) { p.Identities, p.Groups = nil, nil }, `policy "analysts": it is for nobody`},
		{"nothing", func(p *Policy) { p.Allow = nil }, `allow a preset (metadata, read-only, produce-only`},
		{"mistyped preset", func(p *Policy) { p.Allow = []string{"readonly"} }, `did you mean read-only?`},
		{"preset with blank", func(p *Policy) { p.Allow = []string{"Read Write"} }, `did you mean read-write?`},
		{"beginning of a preset", func(p *Policy) { p.Allow = []string{"produce"} }, `did you mean`},
		{"mistyped API", func(p *Policy) { p.Allow = []string{"OffsetFetsh"} }, `"OffsetFetsh" is neither a preset (`},
		{"API as kmsg has it", func(p *Policy) { p.Allow = []string{"InitProducerID"} }, `did you mean InitProducerId?`},
		{"empty", func(p *Policy) { p.Allow = []string{""} }, `allow[0]: "" is neither`},
		{"nonsense", func(p *Policy) { p.Allow = []string{strings.Repeat("x", 5000)} }, `is neither a preset`},
		{"of brokers", func(p *Policy) { p.Allow = []string{"Fetch of brokers"} }, `only DescribeConfigs of brokers, AlterConfigs of brokers, IncrementalAlterConfigs of brokers have this form`},
		{"mistyped of brokers", func(p *Policy) { p.Allow = []string{"DescribeConfig of brokers"} }, `did you mean DescribeConfigs of brokers?`},
		{"removed", func(p *Policy) { p.Allow = []string{"LeaderAndIsr"} }, `LeaderAndIsr can't be allowed: Kafka 4.0 removed it`},
		{"controllers'", func(p *Policy) { p.Allow = []string{"WriteTxnMarkers"} }, `WriteTxnMarkers can't be allowed: only controllers`},
		{"envelope", func(p *Policy) { p.Allow = []string{"full", "Envelope"} }, `Envelope can't be allowed`},
		{"share state", func(p *Policy) { p.Allow = []string{"ReadShareGroupState"} }, `ReadShareGroupState can't be allowed`},
		{"telemetry", func(p *Policy) { p.Allow = []string{"PushTelemetry"} }, `PushTelemetry can't be allowed`},
		{"no topics", func(p *Policy) { p.Topics = nil }, `allow[0]: read-only needs topics`},
		{"no topics for an API", func(p *Policy) { p.Allow, p.Topics = []string{"Fetch"}, nil }, `allow[0]: Fetch needs topics`},
		{"no groups for an API", func(p *Policy) { p.Allow, p.ConsumerGroups = []string{"JoinGroup"}, ConsumerGroups{} }, `JoinGroup needs consumer_groups`},
		{"no joining for an API", func(p *Policy) { p.Allow, p.ConsumerGroups.Join = []string{"OffsetCommit"}, nil }, `OffsetCommit needs consumer_groups.join`},
		{"neither of two", func(p *Policy) {
			p.Allow, p.Topics, p.ConsumerGroups = []string{"DescribeConfigs"}, nil, ConsumerGroups{}
		}, `DescribeConfigs needs topics or consumer_groups`},
		{"no transactional ids", func(p *Policy) { p.Allow, p.TransactionalIDs = []string{"EndTxn"}, nil }, `EndTxn needs transactional_ids`},
		{"topics for nothing", func(p *Policy) { p.Allow = []string{"DescribeAcls"} }, `topics: it is of no use: what the policy allows is about none (DescribeAcls)`},
		{"groups for nothing", func(p *Policy) { p.Allow = []string{"produce-only"} }, `consumer_groups: it is of no use`},
		{"joining for nothing", func(p *Policy) { p.Allow = []string{"metadata"} }, `consumer_groups.join: it is of no use`},
		{"transactions for nothing", func(p *Policy) { p.Allow, p.ConsumerGroups = []string{"produce-only"}, ConsumerGroups{} }, `transactional_ids: it is of no use`},
		{"empty pattern", func(p *Policy) { p.Topics = []string{"orders", ""} }, `topics[1]: a pattern is empty`},
		{"regular expression", func(p *Policy) { p.Topics = []string{"^orders.*$"} }, `topics[0]: "^orders.*$" matches no topic: their names have no '^'`},
		{"two in one", func(p *Policy) { p.Topics = []string{"orders,payments"} }, `no ','`},
		{"two stars", func(p *Policy) { p.Topics = []string{"orders**"} }, `"orders**" has **`},
		{"long topic", func(p *Policy) { p.Topics = []string{strings.Repeat("x", 250)} }, `at most 249`},
		{"long pattern", func(p *Policy) { p.Identities = []string{strings.Repeat("x", 1025)} }, `identities[0]: a pattern has 1025 bytes`},
		{"blank", func(p *Policy) { p.Identities = []string{"ci "} }, `identities[0]: "ci " begins or ends with a blank`},
		{"control character", func(p *Policy) { p.Groups = []string{"de\nvs"} }, `groups[0]: "de\nvs" has characters`},
		{"not UTF-8", func(p *Policy) { p.ConsumerGroups.See = []string{"\xff"} }, `consumer_groups.see[0]: "\xff" has characters`},
		{"cluster", func(p *Policy) { p.Clusters = []string{""} }, `clusters[0]: a pattern is empty`},
		{"name", func(p *Policy) { p.Name = "a\x1b[31m" }, `name: it has characters`},
		{"no name", func(p *Policy) { p.Name, p.Allow = "", nil }, `policy 2: it allows nothing`},
		{"name that is taken", func(p *Policy) { p.Name = "policy 1" }, `policy "policy 1": name: another policy has this name`},
	} {
		first, second := analysts, analysts
		first.Name = ""
		c.change(&second)
		_, err := New([]Policy{first, second})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", c.name, err, c.want)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\x1b") {
			t.Errorf("%s: the error isn't one printable line: %q", c.name, err)
		}
	}
}

func TestAnEmptyPolicyMakesNoSense(t *testing.T) {
	if _, err := New([]Policy{{}}); err == nil {
		t.Error("no error")
	}
}

func TestWithoutPoliciesEverythingIsDenied(t *testing.T) {
	if r := mustNew(t).Rights("prod", "ci", nil); r.API(18, 0).Allowed || r.Topic(3, "t").Allowed || r.AllTopics(1) {
		t.Error("something is allowed")
	}
}

// TestPoliciesThatMakeSense has what looks odd and is right.
func TestPoliciesThatMakeSense(t *testing.T) {
	everybody := []string{"*"}
	for _, p := range []Policy{
		{Identities: everybody, Allow: []string{"InitProducerId"}},
		{Identities: everybody, Allow: []string{"DescribeCluster", "DescribeAcls"}},
		{Groups: everybody, Allow: []string{"DescribeConfigs of brokers"}},
		{Identities: everybody, Allow: []string{"DescribeConfigs"}, ConsumerGroups: ConsumerGroups{See: everybody}},
		{Identities: everybody, Allow: []string{"FindCoordinator"}, TransactionalIDs: everybody},
		{Identities: everybody, Allow: []string{"ListGroups"}, ConsumerGroups: ConsumerGroups{See: everybody}},
		{Identities: everybody, Allow: []string{"DescribeQuorum"}},
		{Identities: everybody, Allow: []string{"ConsumerGroupDescribe"}, ConsumerGroups: ConsumerGroups{See: everybody}, Topics: everybody},
		{Identities: everybody, Allow: []string{"CreateDelegationToken"}},
		{Identities: everybody, Allow: []string{"ListConfigResources"}},
		{Identities: []string{"müller@example.org", "https://idp/ü*"}, Allow: []string{"read-only", "produce-only"}, Topics: []string{"_*", "a.b_c-1"}},
	} {
		if _, err := New([]Policy{p}); err != nil {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// FuzzNew holds that no policy makes New panic, that its error is one printable line, and that a policy
// which passes allows nothing that may never be.
func FuzzNew(f *testing.F) {
	f.Add("analysts", "ci", "devs", "prod", "read-only", "orders*", "*", "kafkaio-*", "tx")
	f.Add("", "*", "", "", "DescribeConfigs of brokers", "", "", "", "")
	f.Add("\x1b", "a\xff", "**", " ", "envelope", "^a$", "\n", "\u202e", "")
	f.Fuzz(func(t *testing.T, name, identity, group, cluster, allow, topic, see, join, id string) {
		one := func(text string) []string {
			if text == "" {
				return nil
			}
			return []string{text}
		}
		s, err := New([]Policy{{
			Name: name, Identities: one(identity), Groups: one(group), Clusters: one(cluster), Allow: []string{allow}, Topics: one(topic),
			ConsumerGroups: ConsumerGroups{See: one(see), Join: one(join)}, TransactionalIDs: one(id),
		}})
		if err != nil {
			if strings.ContainsFunc(err.Error(), unprintable) {
				t.Errorf("an error that can't be printed: %q", err)
			}
			return
		}
		r := s.Rights(cluster, identity, []string{group})
		for _, a := range table {
			if a.highest() < 0 && (r.API(a.key, 0).Allowed || r.Topic(a.key, topic).Allowed || r.Group(a.key, see).Allowed) {
				t.Errorf("%s is allowed", a.name)
			}
		}
	})
}

func TestEveryPolicyThatIsWrongIsNamed(t *testing.T) {
	second, third := analysts, analysts
	second.Name, second.Allow = "second", []string{"metadata", "Fetsh"}
	third.Name, third.Topics = "third", []string{"a b"}
	_, err := New([]Policy{analysts, second, third})
	errs, ok := errors.AsType[Errors](err)
	if !ok || len(errs) != 2 || errs[0].Index != 1 || errs[0].Path != "allow[1]" || errs[1].Index != 2 || errs[1].Path != "topics[0]" {
		t.Errorf("%v", err)
	}
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[1], `policy "third": topics[0]: `) {
		t.Errorf("%v", err)
	}
}
