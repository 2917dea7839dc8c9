package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// A Source is a configuration, and where each of its values comes from.
type Source struct {
	Name string // of the file; empty without one
	File File

	places  map[string]*token.Token // by path, such as clusters[0].tls: where the file has the value
	origins map[string]string       // by path: the variable or the flag that set the value
}

// newSource returns the Source of a file that isn't read yet.
func newSource(name string) *Source { return &Source{Name: name, places: map[string]*token.Token{}} }

// SetFrom records that a variable or a flag, origin, set the value at a path. Errors about the value name it
// instead of a place in the file.
func (s *Source) SetFrom(path, origin string) {
	if s.origins == nil {
		s.origins = map[string]string{}
	}
	s.origins[path] = origin
	// What holds the value comes from there too, unless the file has it.
	for path = parent(path); path != "" && s.places[path] == nil && s.origins[path] == ""; path = parent(path) {
		s.origins[path] = origin
	}
}

// place records where the file has the value at a path. A mapping or a list under a key is where its key is.
func (s *Source) place(path string, key ast.MapKeyNode, value ast.Node) {
	at := value.GetToken()
	switch v := value.(type) {
	case *ast.MappingNode:
		if !v.IsFlowStyle && len(v.Values) > 0 {
			at = v.Values[0].Key.GetToken()
		}
		if key != nil {
			at = key.GetToken()
		}
	case *ast.SequenceNode:
		if key != nil {
			at = key.GetToken()
		}
	}
	s.places[path] = at
}

// problem is an error about the value at a path. It says where the value, or what holds it, comes from.
func (s *Source) problem(path, format string, args ...any) error {
	said := fmt.Sprintf(format, args...)
	for of := path; of != ""; of = parent(of) {
		if origin := s.origins[of]; origin != "" {
			return fmt.Errorf("%s: %s", origin, said)
		}
		if t := s.places[of]; t != nil {
			return s.at(t, "%s: %s", path, said)
		}
	}
	return s.at(nil, "%s: %s", path, said)
}

// at is an error at a place in the file.
func (s *Source) at(t *token.Token, format string, args ...any) error {
	said := fmt.Sprintf(format, args...)
	switch {
	case s.Name == "":
		return fmt.Errorf("%s", said)
	case t == nil || t.Position == nil:
		return fmt.Errorf("%s: %s", s.Name, said)
	}
	return fmt.Errorf("%s:%d:%d: %s", s.Name, t.Position.Line, t.Position.Column, said)
}

// parent is the path of what holds the value at a path.
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }
