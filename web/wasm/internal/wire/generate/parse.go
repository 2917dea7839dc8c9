package main

import (
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
)

// A field is a line of a definition, with the lines inside it.
type field struct {
	name     string
	kind     string
	min, max int // versions; max is -1 without a last one
	tag      int // -1: none
	fields   []field
}

// A message is a request, a response, or a structure that others name.
type message struct {
	name               string
	key, max, flexible int // key and flexible are -1 if there is none
	fields             []field
}

// kinds has the letter of each simple type in the table.
var kinds = map[string]string{
	"bool": "b", "int8": "1", "int16": "2", "int32": "4", "int64": "8", "uint16": "u",
	"float64": "f", "uuid": "g", "string": "s", "nullable-string": "s", "bytes": "B", "nullable-bytes": "B",
	"varint-string": "t", "varint-bytes": "C",
	"ThrottleMillis": "4", "TimeoutMillis": "4",
}

// A parser collects what the files define. A file may use what files before it define.
type parser struct {
	enums    map[string]string // the type of each
	named    map[string]message
	messages []message
}

// parse reads the definitions in order of their names, which begin with the key.
func parse(dir fs.FS) ([]message, error) {
	p := &parser{enums: map[string]string{}, named: map[string]message{}}
	if err := p.readEnums(dir); err != nil {
		return nil, err
	}
	names, err := fs.Glob(dir, "*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name == "enums" {
			continue
		}
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		if err := p.read(string(text)); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return p.messages, nil
}

var enumStart = regexp.MustCompile(`(?m)^(\w+) (\w+) (?:camelcase )?\($`)

func (p *parser) readEnums(dir fs.FS) error {
	text, err := fs.ReadFile(dir, "enums")
	if err != nil {
		return err
	}
	for _, m := range enumStart.FindAllStringSubmatch(string(text), -1) {
		p.enums[m[1]] = m[2]
	}
	return nil
}

// A line is one that isn't a comment and isn't empty.
type line struct {
	depth int // 0: the name of a message
	text  string
}

func linesOf(text string) (lines []line) {
	for s := range strings.Lines(text) {
		trimmed := strings.TrimSpace(s)
		if trimmed == "" || strings.HasPrefix(trimmed, "//") {
			continue
		}
		depth := (len(s) - len(strings.TrimLeft(s, " "))) / 2
		lines = append(lines, line{depth, trimmed})
	}
	return lines
}

func (p *parser) read(text string) error {
	lines := linesOf(text)
	for len(lines) > 0 {
		m, err := p.heading(lines[0].text)
		if err != nil {
			return err
		}
		if m.fields, lines, err = p.fields(lines[1:], 1); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		p.named[m.name] = m
		p.messages = append(p.messages, m)
	}
	return nil
}

var (
	keyPart      = regexp.MustCompile(`\bkey (\d+)`)
	maxPart      = regexp.MustCompile(`\bmax version (\d+)`)
	flexiblePart = regexp.MustCompile(`\bflexible v(\d+)\+`)
)

// heading reads the first line of a message. A response has the key and the versions of the request
// before it.
func (p *parser) heading(text string) (message, error) {
	name, rest, ok := strings.Cut(text, " =>")
	if !ok {
		return message{}, fmt.Errorf("%q is no heading of a message", text)
	}
	m := message{name: name, key: -1, max: -1, flexible: -1}
	if request, ok := strings.CutSuffix(name, "Response"); ok && rest == "" {
		r, ok := p.named[request+"Request"]
		if !ok {
			return m, fmt.Errorf("%s has no request", name)
		}
		m.key, m.max, m.flexible = r.key, r.max, r.flexible
		return m, nil
	}
	for part, n := range map[*regexp.Regexp]*int{keyPart: &m.key, maxPart: &m.max, flexiblePart: &m.flexible} {
		if found := part.FindStringSubmatch(rest); found != nil {
			*n, _ = strconv.Atoi(found[1])
		}
	}
	return m, nil
}

// fields reads the lines of a depth, with what is inside each, and returns the lines that follow.
func (p *parser) fields(lines []line, depth int) (fields []field, rest []line, err error) {
	for len(lines) > 0 && lines[0].depth == depth {
		f, err := p.field(lines[0].text)
		if err != nil {
			return nil, nil, err
		}
		inside, rest, err := p.fields(lines[1:], depth+1)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", f.name, err)
		}
		f.fields = append(f.fields, inside...)
		fields, lines = append(fields, f), rest
	}
	if len(lines) > 0 && lines[0].depth > depth {
		return nil, nil, fmt.Errorf("%q is indented too far", lines[0].text)
	}
	return fields, lines, nil
}

var (
	fieldLine = regexp.MustCompile(`^(\w+)(?:\(\d+\))?(?:: (.*?))?(?: // (.*))?$`)
	versions  = regexp.MustCompile(`^(?:v(\d+)(?:\+|-v(\d+)))?(?:, )?(?:tag (\d+))?$`)
	defaulted = regexp.MustCompile(`\([^)]*\)`)
	nullable  = regexp.MustCompile(`^nullable(?:-v\d+\+)?(\[)`)
	nullableS = regexp.MustCompile(`^nullable-string-v\d+\+$`)
)

func (p *parser) field(text string) (field, error) {
	m := fieldLine.FindStringSubmatch(text)
	if m == nil {
		return field{}, fmt.Errorf("%q is no field", text)
	}
	f := field{name: m[1], max: -1, tag: -1}
	typ := m[2]
	if typ == "" {
		typ = f.name // ThrottleMillis and TimeoutMillis
	}
	v := versions.FindStringSubmatch(m[3])
	if v == nil {
		return f, fmt.Errorf("%q has no versions", text)
	}
	for i, n := range []*int{&f.min, &f.max, &f.tag} {
		if v[i+1] != "" {
			*n, _ = strconv.Atoi(v[i+1])
		}
	}
	if err := p.setType(&f, typ); err != nil {
		return f, fmt.Errorf("%s: %w", f.name, err)
	}
	return f, nil
}

// setType sets f.kind, and f.fields if the type is a structure with a name.
func (p *parser) setType(f *field, typ string) error {
	typ = defaulted.ReplaceAllString(typ, "")
	typ = nullable.ReplaceAllString(typ, "$1")
	typ = nullableS.ReplaceAllString(typ, "string")
	array := ""
	if inner, ok := strings.CutPrefix(typ, "["); ok {
		array, typ = "[", strings.TrimSuffix(inner, "]")
	}
	if enum, ok := strings.CutPrefix(typ, "enum-"); ok {
		if typ, ok = p.enums[enum]; !ok {
			return fmt.Errorf("the enumeration %q is unknown", enum)
		}
	}
	if kind, ok := kinds[typ]; ok {
		f.kind = array + kind
		return nil
	}
	switch {
	case strings.HasPrefix(typ, "=>"):
		f.kind = array + "{"
	case typ == "nullable=>":
		f.kind = array + "?"
	case strings.HasPrefix(typ, "length-field-minus"):
		f.kind = "R" // the rest of a record batch
	default:
		named, ok := p.named[typ]
		if !ok {
			return fmt.Errorf("the type %q is unknown", typ)
		}
		f.kind, f.fields = array+"{", named.fields
	}
	return nil
}
