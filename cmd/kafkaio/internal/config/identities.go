package config

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/kafkaio/kafkaio/internal/clientid"
)

// An Account is what one identity authenticates to brokers with.
type Account struct {
	User     string `yaml:"user,omitempty"`
	Password string `yaml:"password,omitempty"`
}

// ReadIdentities reads a file that maps identities to accounts.
func ReadIdentities(name string) (map[string]Account, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return ParseIdentities(name, text)
}

// ParseIdentities reads the text of a file that maps identities to accounts. The name is for errors, which show
// nothing of the text.
func ParseIdentities(name string, text []byte) (map[string]Account, error) {
	if len(text) > maxFile {
		return nil, fmt.Errorf("%s: it has at most %d bytes", name, maxFile)
	}
	s := newSource(name)
	body, err := s.body(text)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, fmt.Errorf("%s: it has no identity: lines such as alice: {user: alice, password: ...} were expected", name)
	}
	w := &walker{source: s}
	w.walk(body, reflect.TypeFor[map[string]Account](), "")
	accounts := make(map[string]Account)
	if len(w.problems) == 0 {
		for _, pair := range body.(*ast.MappingNode).Values {
			w.account(accounts, pair)
		}
	}
	return accounts, errors.Join(w.problems...)
}

// account adds the account of one identity.
func (w *walker) account(to map[string]Account, pair *ast.MappingValueNode) {
	identity := w.text(pair.Key)
	if err := clientid.CheckIdentity(identity); err != nil {
		w.problem(pair.Key, "%v", err)
	}
	if _, isTwice := to[identity]; isTwice {
		w.problem(pair.Key, "this identity stands twice: leave one out")
	}
	var a Account
	before := len(w.problems)
	for _, field := range pair.Value.(*ast.MappingNode).Values {
		if field.Key.GetToken().Value == "user" {
			a.User = w.text(field.Value)
		} else {
			a.Password = w.text(field.Value)
		}
	}
	if len(w.problems) == before && (a.User == "" || a.Password == "") {
		w.problem(pair.Key, "user and password go together, and neither is empty")
	}
	to[identity] = a
}

// text returns a text of one line. Nothing else is taken for one: 0123 would be a number to YAML.
func (w *walker) text(node ast.Node) string {
	text, ok := node.(*ast.StringNode)
	if !ok || strings.ContainsAny(text.Value, "\r\n") {
		w.problem(node, "a text of one line was expected: quote it")
		return ""
	}
	return text.Value
}
