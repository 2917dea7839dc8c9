package config

import (
	"maps"
	"strings"
	"testing"
)

func TestIdentitiesAreRead(t *testing.T) {
	got, err := ParseIdentities("f", []byte(`# of prod
alice: {user: alice, password: "0123"}
ana@kafka.example:
  user: "ana: of sales"
  password: 'it''s # sesame'
`))
	want := map[string]Account{"alice": {"alice", "0123"}, "ana@kafka.example": {"ana: of sales", "it's # sesame"}}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestMistakesAmongIdentitiesAreSaidWithTheirPlace(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "f: it has no identity: lines such as alice: {user"},
		{"# nothing\n", "f: it has no identity"},
		{"- a", "f:1:1: a list stands where a mapping was expected"},
		{"sesame", "f:1:1: a single value stands where"},
		{"alice: sesame", "f:1:8: a single value stands where a mapping was expected"},
		{"alice: {user: a, pasword: sesame}", "f:1:18: unknown key pasword, did you mean password?"},
		{"alice: {user: a}", "f:1:1: user and password go together"},
		{"alice: {user: a, password: ''}", "f:1:1: user and password go together"},
		{"alice: {user: a, password: 0123}", "f:1:28: a text of one line was expected: quote it"},
		{"alice: {user: 1, password: sesame}", "f:1:15: a text of one line was expected: quote it"},
		{"1: {user: a, password: sesame}", "f:1:1: a text of one line was expected: quote it"},
		{"alice:\n  user: a\n  password: |\n    sesame\n", "f:3:"},
		{"alice: {user: a, password: }", "there is no value"},
		{"alice: {user: a, password: *sesame}", "in quotes"},
		{"alice: &sesame {user: a, password: b}", "anchors"},
		{"alice: {user: a, password: !sesame b}", "anchors and tags"},
		{"alice: {user: a, password: b}\nalice: {user: c, password: sesame}", "f:2:1: this key stands twice"},
		{"alice: {user: a, password: b}\n'alice': {user: c, password: sesame}", "f:2:1: this "},
		{"alice: {user: a, user: sesame, password: b}", "twice"},
		{"s3same/x: {user: a, password: b}", "f:1:1: the identity has a /"},
		{"__admin_client: {user: a, password: b}", "f:1:1: the identity begins with __admin_client"},
		{"alice: {user: a, password: b}\n---\nbob: {user: a, password: b}", "a second document"},
		{"alice: {user: a, password: \"sesame\\q\"}", "f:1"},
		{"\tsesame: 1", "f:1"},
		{"sesame\x00", "f: it isn't a text"},
		{"\xff: {user: a, password: sesame}", "f: it isn't a text"},
		{strings.Repeat("#", maxFile+1), "at most"},
	} {
		got, err := ParseIdentities("f", []byte(row.text))
		if err == nil {
			t.Errorf("%.100q is taken: %v", row.text, got)
			continue
		}
		if !strings.Contains(err.Error(), row.want) {
			t.Errorf("%.100q: %v\nwant %s", row.text, err, row.want)
		}
		if strings.Contains(row.want, "quote it") && strings.Contains(err.Error(), "\n") {
			t.Errorf("%.100q: an error only follows from the first: %v", row.text, err)
		}
		if strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "s3same") {
			t.Errorf("%.100q: the text is shown: %v", row.text, err)
		}
	}
}

func FuzzParseIdentities(f *testing.F) {
	f.Add([]byte("alice: {user: alice, password: sesame}\nbob:\n  user: bob\n  password: 'a # b'\n"))
	f.Add([]byte("a: &b [*b]"))
	f.Add([]byte("a: {user: !!binary x, password: |\n  y}\n---\n"))
	f.Add([]byte("? {a: b}\n: {user: a, password: b}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4<<10 {
			return
		}
		accounts, err := ParseIdentities("f", text)
		for identity, a := range accounts {
			if err == nil && (strings.Contains(identity, "/") || a.User == "" || a.Password == "") {
				t.Errorf("%q: %q is taken", text, identity)
			}
		}
	})
}
