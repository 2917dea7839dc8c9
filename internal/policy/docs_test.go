package policy

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of APIs in docs/bridge-policies.md anew")

// TestDocsHaveTheTable holds that docs/bridge-policies.md says what the code does.
func TestDocsHaveTheTable(t *testing.T) {
	const file, begin, end = "../../docs/bridge-policies.md", "<!-- tables -->\n", "<!-- /tables -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no place for the tables, between %q and %q", file, begin, end)
	}
	want := allowedTable() + "\n" + neverTable()
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("%s is out of date: run go test ./internal/policy -run Docs -update", file)
	}
	if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDocsNameThePresets holds that each preset has a row and none is made up.
func TestDocsNameThePresets(t *testing.T) {
	text, err := os.ReadFile("../../docs/bridge-policies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range presetNames {
		if !strings.Contains(string(text), "\n| `"+name+"` | ") {
			t.Errorf("%s has no row", name)
		}
	}
}

// allowedTable has the APIs that a policy can allow.
func allowedTable() string {
	var b strings.Builder
	fmt.Fprintf(&b, "| API | %s | By name | About |\n|---|%s---|---|\n", strings.Join(presetNames, " | "), strings.Repeat("---|", len(presetNames)))
	for _, a := range table {
		if a.highest() < 0 {
			continue
		}
		name := a.name
		if a.highest() < 1000 {
			name += fmt.Sprintf(" up to version %d", a.highest())
		}
		byName := "yes"
		switch {
		case a.named != "":
			byName = "only: " + a.named
		case a.always:
			byName = "always"
		}
		row(&b, name, a.in, a.always, byName, about(&a))
		if a.brokers {
			row(&b, a.name+ofBrokers, a.inBrokers, false, "yes", "")
		}
	}
	return b.String()
}

func row(b *strings.Builder, name string, in presets, always bool, byName, about string) {
	fmt.Fprintf(b, "| %s |", name)
	for i := range presetNames {
		if always || in&(1<<i) != 0 {
			b.WriteString(" yes |")
		} else {
			b.WriteString(" |")
		}
	}
	for _, cell := range []string{byName, about} {
		b.WriteString(strings.TrimRight(" "+cell, " ") + " |")
	}
	b.WriteString("\n")
}

// about says which sections of a policy decide on an API's resources.
func about(a *api) string {
	var about []string
	for _, on := range a.resources() {
		switch {
		case a.key == quorumKey: // no pattern decides on the topic of the cluster's metadata
		case on == aTopic:
			about = append(about, "`topics`")
		case on == aGroup && a.joins:
			about = append(about, "`join`")
		case on == aGroup:
			about = append(about, "`see`")
		case on == aTransactionalID && a.in&produceOnly != 0:
			about = append(about, "`transactional_ids`, not with produce-only")
		case on == aTransactionalID:
			about = append(about, "`transactional_ids`")
		}
	}
	if a.notHeld {
		about = append(about, "not with credentials that the bridge holds")
	}
	return strings.Join(about, ", ")
}

// neverTable has the APIs that no policy can allow.
func neverTable() string {
	var b strings.Builder
	b.WriteString("| Never allowed | Because |\n|---|---|\n")
	for _, a := range table {
		switch {
		case a.highest() < 0:
			fmt.Fprintf(&b, "| %s | %s |\n", a.name, a.never)
		case a.never != "":
			fmt.Fprintf(&b, "| %s from version %d | %s |\n", a.name, a.highest()+1, a.never)
		}
	}
	return b.String()
}
