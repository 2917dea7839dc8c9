package config

import (
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

var (
	fileType       = reflect.TypeFor[File]()
	textType       = reflect.TypeFor[encoding.TextUnmarshaler]()
	stringListType = reflect.TypeFor[StringOrList]()
)

// A walker compares the keys of a file with those of File, and records where each value is.
type walker struct {
	source   *Source
	problems []error
}

func (w *walker) problem(node ast.Node, format string, args ...any) {
	w.problems = append(w.problems, w.source.at(node.GetToken(), format, args...))
}

// walk checks a value of the file against its type. path is the value's, such as clusters[0].tls.
func (w *walker) walk(node ast.Node, t reflect.Type, path string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n := node.(type) {
	case *ast.AliasNode:
		w.problem(node, "%s%s", prefix(path), quoteStars)
		return
	case *ast.AnchorNode, *ast.TagNode:
		w.problem(node, "%sanchors and tags are not read here: write the value itself", prefix(path))
		return
	case *ast.NullNode:
		w.problem(node, "%sthere is no value: write one, or leave the key out", prefix(path))
		return
	case *ast.MappingNode:
		w.mapping(n, t, path)
		return
	case *ast.SequenceNode:
		if t.Kind() != reflect.Slice {
			w.problem(node, "%sa list stands where %s was expected", prefix(path), kindName(t))
			return
		}
		for i, item := range n.Values {
			at := fmt.Sprintf("%s[%d]", path, i)
			w.source.place(at, nil, item)
			w.walk(item, t.Elem(), at)
		}
		return
	}
	switch {
	case isScalar(t) || t == stringListType:
		if t.Kind() == reflect.Bool && node.Type() != ast.BoolType {
			w.problem(node, "%strue or false was expected", prefix(path))
		}
		if t.Kind() == reflect.String && node.Type() == ast.BoolType {
			w.problem(node, "%sa text was expected: quote it", prefix(path))
		}
		if value, ok := reflect.New(t).Interface().(encoding.TextUnmarshaler); ok {
			if err := value.UnmarshalText([]byte(node.GetToken().Value)); err != nil {
				w.problem(node, "%s%v", prefix(path), err)
			}
		}
	default:
		w.problem(node, "%sa single value stands where %s was expected", prefix(path), kindName(t))
	}
}

func (w *walker) mapping(n *ast.MappingNode, t reflect.Type, path string) {
	if t.Kind() != reflect.Struct && t.Kind() != reflect.Map {
		said := fmt.Sprintf("%skeys stand where %s was expected", prefix(path), kindName(t))
		if n.GetToken().Value != "{" {
			said += `: put a text with a : in quotes, such as "kafka:9092"`
		}
		w.problem(n, "%s", said)
		return
	}
	for _, pair := range n.Values {
		key := pair.Key.GetToken().Value
		if t.Kind() == reflect.Map {
			w.source.place(join(path, key), pair.Key, pair.Value)
			w.walk(pair.Value, t.Elem(), path) // what a mapping has for keys may be a secret
			continue
		}
		field, ok := fieldOf(t, key)
		if !ok {
			w.problem(pair.Key, "%s", unknownKey(t, path, key))
			continue
		}
		w.source.place(join(path, key), pair.Key, pair.Value)
		w.walk(pair.Value, field, join(path, key))
	}
}

// unknownKey names the nearest known key.
func unknownKey(t reflect.Type, path, key string) string {
	said := fmt.Sprintf("%sunknown key %s", prefix(path), shown(key))
	known := keysOf(t)
	if name := nearest.Name(strings.ReplaceAll(strings.ToLower(key), "-", "_"), known); name != "" {
		return said + ", did you mean " + name + "?"
	}
	return said + ": the keys here are " + strings.Join(known, ", ")
}

// looksLikeKey is of keys that are shown in errors. A secret that slipped into the place of a key isn't one.
var looksLikeKey = regexp.MustCompile(`^[A-Za-z_.-]{1,30}$`)

func shown(key string) string {
	if looksLikeKey.MatchString(key) {
		return key
	}
	return "(not shown)"
}

func prefix(path string) string {
	if path == "" {
		return ""
	}
	return path + ": "
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	return name
}

func fieldOf(t reflect.Type, key string) (reflect.Type, bool) {
	for f := range t.Fields() {
		if keyOf(f) == key {
			return f.Type, true
		}
	}
	return nil, false
}

func keysOf(t reflect.Type) (keys []string) {
	for f := range t.Fields() {
		keys = append(keys, keyOf(f))
	}
	slices.Sort(keys)
	return keys
}

// isScalar reports whether a value of the type is written as one text.
func isScalar(t reflect.Type) bool {
	return t.Kind() == reflect.String || t.Kind() == reflect.Bool || reflect.PointerTo(t).Implements(textType)
}

func kindName(t reflect.Type) string {
	switch {
	case t == stringListType:
		return "a text or a list of texts"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "a list of mappings"
	case t.Kind() == reflect.Slice:
		return "a list of texts"
	case t.Kind() == reflect.Struct, t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Struct:
		return "a mapping"
	case t.Kind() == reflect.Map:
		return "a mapping of texts"
	case t == reflect.TypeFor[Size]():
		return "a size"
	case t == reflect.TypeFor[Duration]():
		return "a duration"
	}
	return "a text"
}

// A Key is one of the file's.
type Key struct {
	Path string // such as clusters[].sasl.user
	Type string // such as "a list of texts"
}

// Keys are all keys, in the order of File.
func Keys() []Key { return appendKeys(nil, fileType, "") }

func appendKeys(keys []Key, t reflect.Type, path string) []Key {
	for f := range t.Fields() {
		at, of := join(path, keyOf(f)), f.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		keys = append(keys, Key{at, kindName(of)})
		switch {
		case isScalar(of):
		case of.Kind() == reflect.Struct:
			keys = appendKeys(keys, of, at)
		case of.Kind() == reflect.Slice && of.Elem().Kind() == reflect.Struct:
			keys = appendKeys(keys, of.Elem(), at+"[]")
		}
	}
	return keys
}
