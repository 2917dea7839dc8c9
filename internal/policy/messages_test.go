package policy

import (
	"archive/zip"
	"encoding/json"
	"io"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// A message is the definition of a request or an answer.
type message struct {
	Key           int16    `json:"apiKey"`
	Type          string   `json:"type"`
	Name          string   `json:"name"`
	ValidVersions string   `json:"validVersions"`
	Listeners     []string `json:"listeners"`
	Fields        []field  `json:"fields"`
	CommonStructs []field  `json:"commonStructs"`
}

type field struct {
	Name       string  `json:"name"`
	Type       string  `json:"type"`
	EntityType string  `json:"entityType"`
	Fields     []field `json:"fields"`
}

// all returns the fields of all structures.
func (m message) all() (all []field) {
	var walk func([]field)
	walk = func(fields []field) {
		for _, f := range fields {
			all = append(all, f)
			walk(f.Fields)
		}
	}
	walk(m.Fields)
	walk(m.CommonStructs)
	return all
}

// entities returns the names of fields by what they are annotated with.
func (m message) entities() map[string][]string {
	entities := map[string][]string{}
	for _, f := range m.all() {
		if f.EntityType != "" {
			entities[f.EntityType] = append(entities[f.EntityType], f.Name)
		}
	}
	return entities
}

// kafkaMessages reads the definitions of requests and answers in Kafka's jar.
func kafkaMessages(t *testing.T) (messages []message) {
	t.Helper()
	jar, err := zip.OpenReader(kafkatest.ClientsJar(t))
	if err != nil {
		t.Fatal(err)
	}
	defer jar.Close()
	comment := regexp.MustCompile(`(?m)^\s*//.*$|\s//[^"\n]*$`)
	for _, f := range jar.File {
		if ok, _ := path.Match("common/message/*.json", f.Name); !ok || !strings.Contains(f.Name, "Re") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var m message
		if err := json.Unmarshal(comment.ReplaceAll(text, nil), &m); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if m.Type == "request" || m.Type == "response" {
			messages = append(messages, m)
		}
	}
	return messages
}
