package policy

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPattern bounds a pattern, in bytes.
const maxPattern = 1024

// checkPatterns checks whom a policy is for, and all its patterns by themselves.
func checkPatterns(p *Policy) *Error {
	if strings.ContainsFunc(p.Name, unprintable) || !utf8.ValidString(p.Name) {
		return wrong("name", "it has characters that can't be printed")
	}
	if len(p.Identities) == 0 && len(p.Groups) == 0 {
		return wrong("", `it is for nobody: name identities or groups (identities: ["*"] is everybody)`)
	}
	if len(p.Allow) == 0 {
		return wrong("", "it allows nothing: allow a preset (%s) or APIs by their names", strings.Join(presetNames, ", "))
	}
	for _, of := range []struct {
		key      string
		patterns []string
		check    func(pattern string) error
	}{
		{"identities", p.Identities, nil},
		{"groups", p.Groups, nil},
		{"clusters", p.Clusters, nil},
		{"topics", p.Topics, checkTopic},
		{"consumer_groups.see", p.ConsumerGroups.See, nil},
		{"consumer_groups.join", p.ConsumerGroups.Join, nil},
		{"transactional_ids", p.TransactionalIDs, nil},
	} {
		for i, pattern := range of.patterns {
			err := checkPattern(pattern)
			if err == nil && of.check != nil {
				err = of.check(pattern)
			}
			if err != nil {
				return &Error{Path: item(of.key, i), Err: err}
			}
		}
	}
	return nil
}

func checkPattern(pattern string) error {
	switch {
	case pattern == "":
		return errors.New(`a pattern is empty; "*" is any name`)
	case len(pattern) > maxPattern:
		return fmt.Errorf("a pattern has %d bytes, and may have %d", len(pattern), maxPattern)
	case !utf8.ValidString(pattern) || strings.ContainsFunc(pattern, unprintable):
		return fmt.Errorf("%q has characters that can't be printed", pattern)
	case strings.TrimSpace(pattern) != pattern:
		return fmt.Errorf("%q begins or ends with a blank", pattern)
	case strings.Contains(pattern, "**"):
		return fmt.Errorf("%q has ** where * says the same: any text", pattern)
	}
	return nil
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// maxTopic is how long a topic's name may be (Kafka's Topic.MAX_NAME_LENGTH).
const maxTopic = 249

// checkTopic refuses what matches no name that Kafka allows. It is a regular expression most of the time.
func checkTopic(pattern string) error {
	for _, r := range pattern {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune("._-*", r) {
			return fmt.Errorf("%q matches no topic: their names have no %q, and the only special character of a pattern is *, which is any text", pattern, r)
		}
	}
	if len(strings.ReplaceAll(pattern, "*", "")) > maxTopic {
		return fmt.Errorf("%q matches no topic: their names have at most %d characters", pattern, maxTopic)
	}
	return nil
}

// A section is a part of a policy with the names of one kind of resource.
type section struct {
	key   string // as in the file
	kind  kinds
	empty bool
}

// checkUse checks that what a policy allows has resources to be used on, and the other way round.
func checkUse(p *Policy, r *rule) *Error {
	sections := []section{
		{"topics", topics, len(p.Topics) == 0},
		{"consumer_groups", groups, len(p.ConsumerGroups.See)+len(p.ConsumerGroups.Join) == 0},
		{"transactional_ids", transactionalIDs, len(p.TransactionalIDs) == 0},
	}
	for i, entry := range p.Allow {
		g, err := parseGrant(entry)
		if err == nil {
			err = g.checkNeeds(entry, sections, p)
		}
		if err != nil {
			return &Error{Path: item("allow", i), Err: err}
		}
	}
	for _, s := range sections {
		if !s.empty && !r.uses(s.kind) {
			return wrong(s.key, "it is of no use: what the policy allows is about none (%s)", strings.Join(p.Allow, ", "))
		}
	}
	if len(p.ConsumerGroups.Join) > 0 && !r.joins() {
		return wrong("consumer_groups.join", "it is of no use: what the policy allows joins and changes none (%s)", strings.Join(p.Allow, ", "))
	}
	return nil
}

// checkNeeds checks that the policy names the resources without which the grant is of no use.
func (g grant) checkNeeds(entry string, sections []section, p *Policy) error {
	if g.brokers {
		return nil
	}
	needs, either := topics, kinds(0)
	joins := false
	if a := g.named; a != nil {
		needs, either, joins = a.names&^a.optional, a.optional, a.joins
		if a.alone || needs != 0 {
			either = 0
		}
	}
	var choice []string
	for _, s := range sections {
		switch {
		case needs&s.kind != 0 && s.empty:
			return fmt.Errorf("%s needs %s: patterns of those that it may be used on", entry, s.key)
		case either&s.kind != 0 && !s.empty:
			either = 0
		case either&s.kind != 0:
			choice = append(choice, s.key)
		}
	}
	if either != 0 {
		return fmt.Errorf("%s needs %s: patterns of those that it may be used on", entry, strings.Join(choice, " or "))
	}
	if joins && needs&groups != 0 && len(p.ConsumerGroups.Join) == 0 {
		return fmt.Errorf("%s needs consumer_groups.join: patterns of the groups that it may be used on", entry)
	}
	return nil
}

// uses reports whether something that the policy allows is about that kind of resource.
func (r *rule) uses(kind kinds) bool {
	for _, a := range table {
		allowed := &r.named
		if kind == transactionalIDs {
			allowed = &r.transactional
		}
		if allowed.has(a.key) && (a.names|a.answers)&kind != 0 {
			return true
		}
	}
	return false
}

// joins reports whether something that the policy allows joins a group or changes one.
func (r *rule) joins() bool {
	for _, a := range table {
		if a.joins && r.named.has(a.key) {
			return true
		}
	}
	return false
}
