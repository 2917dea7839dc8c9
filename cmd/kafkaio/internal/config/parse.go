package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a configuration file, bytes.
const maxFile = 1 << 20

// Read reads a file. The result isn't validated.
func Read(name string) (*Source, error) {
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file. kafkaio bridge init prints one to begin with", name)
	case err != nil:
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s: it is a directory, and a file was expected", name)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: a configuration has at most %d bytes", name, maxFile)
	}
	return Parse(name, text)
}

// Parse reads the text of a file. The name is for errors. The result isn't validated.
func Parse(name string, text []byte) (*Source, error) {
	s := newSource(name)
	body, err := s.body(text)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, fmt.Errorf("%s: it has no key: kafkaio bridge init prints a file to begin with", s.Name)
	}
	w := &walker{source: s}
	w.walk(body, fileType, "")
	if len(w.problems) > 0 {
		return nil, errors.Join(w.problems...)
	}
	if err := yaml.NodeToValue(body, &s.File, yaml.Strict()); err != nil {
		return nil, s.yamlError(err)
	}
	return s, nil
}

// body is the one document of the text of a file; nil: it has none.
func (s *Source) body(text []byte) (ast.Node, error) {
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, fmt.Errorf("%s: it isn't a text: a file in YAML was expected, in UTF-8", s.Name)
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, s.yamlError(err)
	}
	var body ast.Node
	for _, document := range file.Docs {
		if document.Body == nil || document.Body.Type() == ast.CommentType || document.Body.Type() == ast.NullType {
			continue
		}
		if body != nil {
			return nil, s.at(document.Body.GetToken(), "a second document begins here: a configuration is one document, without --- inside")
		}
		body = document.Body
	}
	return body, nil
}

// quoteStars is about patterns: to YAML a * at the beginning makes an alias.
const quoteStars = `put a text that begins with * in quotes, such as "*"`

// yamlError says what the library found, without the text that it found.
func (s *Source) yamlError(err error) error {
	found, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return fmt.Errorf("%s: it isn't the YAML that was expected", s.Name)
	}
	if _, ok := errors.AsType[*yaml.TypeError](err); ok {
		return s.at(found.GetToken(), "the value has the wrong type: docs/bridge.md has the type of each key")
	}
	message := found.GetMessage()
	if strings.Contains(message, "already defined") {
		return s.at(found.GetToken(), "this key stands twice in one mapping: leave one out")
	}
	switch {
	case message == "unexpected scalar value type" || message == "undefined alias name": // a lone *
		message = quoteStars
	case message == "non-map value is specified":
		message = "key: value was expected"
	case strings.ContainsAny(message, "\"'`"): // what is quoted is the file's text
		message = "it isn't valid YAML: quote texts that have one of : # { } [ ] , & * ! | > ' \" % @ `"
	}
	return s.at(found.GetToken(), "%s", message)
}
