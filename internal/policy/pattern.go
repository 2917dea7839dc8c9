package policy

import (
	"slices"
	"strings"
)

// patterns are patterns in which * stands for any text, compiled. The zero value matches nothing.
type patterns struct {
	// guarded: a * at the beginning doesn't match names that begin with "_", as Kafka's own topics do.
	guarded  bool
	any      bool                // *
	internal bool                // _*
	exact    map[string]struct{} // without a *
	// prefixes are patterns with their only * at the end, sorted. None is the beginning of another, so the
	// only one that may match a name is the last that isn't after it.
	prefixes []string
	others   [][]string // split at each *
}

func compile(list []string, guarded bool) patterns {
	p := patterns{guarded: guarded, exact: map[string]struct{}{}}
	for _, pattern := range list {
		parts := strings.Split(pattern, "*")
		switch {
		case len(parts) == 1:
			p.exact[pattern] = struct{}{}
		case len(parts) > 2 || parts[1] != "":
			p.others = append(p.others, parts)
		case parts[0] == "":
			p.any = true
		default:
			p.prefixes = append(p.prefixes, parts[0])
			p.internal = p.internal || parts[0] == "_"
		}
	}
	slices.Sort(p.prefixes)
	kept := p.prefixes[:0]
	for _, prefix := range p.prefixes {
		if len(kept) == 0 || !strings.HasPrefix(prefix, kept[len(kept)-1]) {
			kept = append(kept, prefix)
		}
	}
	p.prefixes = kept
	return p
}

// empty reports whether there are no patterns.
func (p *patterns) empty() bool {
	return !p.any && len(p.exact) == 0 && len(p.prefixes) == 0 && len(p.others) == 0
}

// match reports whether a pattern matches name, in time linear in its length.
func (p *patterns) match(name string) bool {
	hidden := p.guarded && strings.HasPrefix(name, "_")
	if p.any && !hidden {
		return true
	}
	if _, ok := p.exact[name]; ok {
		return true
	}
	after, found := slices.BinarySearch(p.prefixes, name)
	if found || after > 0 && strings.HasPrefix(name, p.prefixes[after-1]) {
		return true
	}
	for _, parts := range p.others {
		if !(hidden && parts[0] == "") && matchParts(parts, name) {
			return true
		}
	}
	return false
}

// matchParts reports whether name is the parts in their order with any text between them. Each part is
// taken where it comes first, which leaves the most for those after it: nothing is tried twice.
func matchParts(parts []string, name string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(name) < len(first)+len(last) || !strings.HasPrefix(name, first) || !strings.HasSuffix(name, last) {
		return false
	}
	name = name[len(first) : len(name)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(name, part)
		if i < 0 {
			return false
		}
		name = name[i+len(part):]
	}
	return true
}
