package policy

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		topic, other  bool // matches a topic; something else, such as an identity
	}{
		{"orders", "orders", true, true},
		{"orders", "orders2", false, false},
		{"orders", "Orders", false, false},
		{"orders*", "orders", true, true},
		{"orders*", "orders.eu", true, true},
		{"orders*", "order", false, false},
		{"*", "orders", true, true},
		{"*", "", true, true},
		{"*", "_schemas", false, true},
		{"*", "__consumer_offsets", false, true},
		{"*offsets", "__consumer_offsets", false, true},
		{"*offsets", "my_offsets", true, true},
		{"*_x", "_x", false, true},
		{"_*", "_schemas", true, true},
		{"_*", "__consumer_offsets", true, true},
		{"_*", "orders", false, false},
		{"__consumer_*", "__consumer_offsets", true, true},
		{"__consumer_*", "_schemas", false, false},
		{"_*s", "__consumer_offsets", true, true},
		{"a*b", "ab", true, true},
		{"a*b", "axb", true, true},
		{"a*b", "a", false, false},
		{"a*ba", "aba", true, true},
		{"ab*ba", "aba", false, false},
		{"a*b*c", "a-b-c", true, true},
		{"a*b*c", "abc", true, true},
		{"a*b*c", "acb", false, false},
		{"a*b*b", "ab", false, false},
		{"*a*", "banana", true, true},
		{"*a*", "bob", false, false},
	} {
		topics, others := compile([]string{c.pattern}, true), compile([]string{c.pattern}, false)
		if got := topics.match(c.name); got != c.topic {
			t.Errorf("topic %q of %q: %v", c.name, c.pattern, got)
		}
		if got := others.match(c.name); got != c.other {
			t.Errorf("other %q of %q: %v", c.name, c.pattern, got)
		}
	}
}

// TestPatternsTogether holds that prefixes which cover each other don't hide one another.
func TestPatternsTogether(t *testing.T) {
	p := compile([]string{"orders.eu*", "orders*", "orders.*", "payments-*", "exact", "a*z", "_internal*"}, true)
	for name, want := range map[string]bool{
		"orders": true, "orders.eu.1": true, "orders.us": true, "order": false, "payments-": true, "payments": false,
		"exact": true, "exactly": false, "az": true, "zz": false, "_internal": true, "_other": false, "": false, "~": false,
	} {
		if got := p.match(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	if none := compile(nil, true); none.match("") || none.match("x") || !none.empty() {
		t.Error("no patterns match something")
	}
}

// TestManyStarsTakeNoTime has what an engine that tries every way doesn't end on.
func TestManyStarsTakeNoTime(t *testing.T) {
	p := compile([]string{strings.Repeat("a*", 500) + "b"}, false)
	if p.match(strings.Repeat("a", 100_000)) {
		t.Error("it matches")
	}
}

// FuzzPatterns compares compiled patterns with the regular expressions that say the same.
func FuzzPatterns(f *testing.F) {
	for _, seed := range [][3]string{
		{"orders*", "*", "orders.eu"}, {"*a*", "_*", "_a"}, {"a*b*c", "ab*ba", "aba"}, {"", "x", ""}, {"a*", "ab*", "abc"},
		{"\xff*", "*é", "é"}, {"_", "_*", "_"}, {"b", "a*", "ab"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, a, b, name string) {
		list := []string{a, b}
		for _, guarded := range []bool{true, false} {
			want := false
			for _, pattern := range list {
				want = want || matchSlowly(t, pattern, name) && !(guarded && strings.HasPrefix(pattern, "*") && strings.HasPrefix(name, "_"))
			}
			p := compile(list, guarded)
			if got := p.match(name); got != want {
				t.Errorf("%q, guarded %v, on %q: %v", list, guarded, name, got)
			}
		}
	})
}

func matchSlowly(t *testing.T, pattern, name string) bool {
	var parts []string
	for part := range strings.SplitSeq(pattern, "*") {
		parts = append(parts, quoteBytes(part))
	}
	re, err := regexp.Compile(`(?s)^` + strings.Join(parts, ".*") + `$`)
	if err != nil {
		t.Fatal(err)
	}
	return re.MatchString(quoteLatin(name))
}

// quoteLatin makes a character of each byte, so that what isn't UTF-8 is compared as well.
func quoteLatin(text string) string {
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

func quoteBytes(text string) string { return regexp.QuoteMeta(quoteLatin(text)) }

// BenchmarkTopic is the question that a request asks for each of its topics: about 100 ns at most.
func BenchmarkTopic(b *testing.B) {
	var many, exact []string
	for i := range 500 {
		many = append(many, "team"+strconv.Itoa(i)+".*")
		exact = append(exact, "table"+strconv.Itoa(i))
	}
	twenty := make([]Policy, 20)
	for i := range twenty {
		twenty[i] = Policy{Identities: []string{"ci"}, Allow: []string{"read-only"}, Topics: many[i : i+1]}
	}
	one := func(topics ...string) []Policy {
		return []Policy{{Identities: []string{"ci"}, Allow: []string{"read-only"}, Topics: topics}}
	}
	for _, c := range []struct {
		name, topic string
		policies    []Policy
	}{
		{"star", "orders.eu", one("*")},
		{"prefix", "orders.eu", one("orders*")},
		{"denied", "payments", one("orders*")},
		{"500prefixes", "team250.orders", one(many...)},
		{"500names", "table250", one(exact...)},
		{"5inside", "orders.eu.dlq", one("a*b", "*.retry", "c*d", "*x*", "orders*dlq")},
		{"20policies", "team19.orders", twenty},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := mustNew(b, c.policies...).Rights("prod", "ci", nil)
			b.ReportAllocs()
			for b.Loop() {
				r.Topic(1, c.topic)
			}
		})
	}
}

func BenchmarkRights(b *testing.B) {
	s := mustNew(b, analysts)
	groups := []string{"ops", "devs"}
	b.ReportAllocs()
	for b.Loop() {
		s.Rights("prod", "somebody@example.org", groups)
	}
}
