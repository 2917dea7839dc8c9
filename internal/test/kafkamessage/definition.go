package kafkamessage

import (
	"archive/zip"
	"encoding/json"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// A Definition is that of a request or an answer.
type Definition struct {
	Key           int16    `json:"apiKey"`
	Type          string   `json:"type"` // request or response
	Name          string   `json:"name"`
	Valid         Versions `json:"validVersions"`
	Flexible      Versions `json:"flexibleVersions"`
	Listeners     []string `json:"listeners"`
	Fields        []Field  `json:"fields"`
	CommonStructs []Field  `json:"commonStructs"`
}

// A Field is one of a message, or of a structure in it.
type Field struct {
	Name       string   `json:"name"`
	Type       string   `json:"type"`
	EntityType string   `json:"entityType"`
	Versions   Versions `json:"versions"`
	Nullable   Versions `json:"nullableVersions"`
	Tagged     Versions `json:"taggedVersions"`
	Tag        uint64   `json:"tag"`
	Fields     []Field  `json:"fields"`
}

// Versions are a range of versions as Kafka writes it: "3", "3-5", "3+" or "none". Empty is none.
type Versions string

// Has reports whether version is among them.
func (v Versions) Has(version int16) bool {
	lowest, highest, bounded := v.bounds()
	return v != "" && v != "none" && int(version) >= lowest && (!bounded || int(version) <= highest)
}

// Highest returns the highest version, or -1 if there is none.
func (v Versions) Highest() int16 {
	if _, highest, bounded := v.bounds(); bounded {
		return int16(highest)
	}
	return -1
}

// Lowest returns the lowest version.
func (v Versions) Lowest() int16 {
	lowest, _, _ := v.bounds()
	return int16(lowest)
}

func (v Versions) bounds() (lowest, highest int, bounded bool) {
	first, last, isRange := strings.Cut(string(v), "-")
	first, open := strings.CutSuffix(first, "+")
	if !isRange {
		last = first
	}
	lowest, _ = strconv.Atoi(first)
	highest, err := strconv.Atoi(last)
	return lowest, highest, err == nil && !open
}

// All returns the fields of all structures.
func (d *Definition) All() (all []Field) {
	var walk func([]Field)
	walk = func(fields []Field) {
		for _, f := range fields {
			all = append(all, f)
			walk(f.Fields)
		}
	}
	walk(d.Fields)
	walk(d.CommonStructs)
	return all
}

// In returns the fields of the structure that a field is, or is a list of. It returns nil for another field.
func (d *Definition) In(f Field) []Field {
	if f.Fields != nil {
		return f.Fields
	}
	name := strings.TrimPrefix(f.Type, "[]")
	for _, s := range d.CommonStructs {
		if s.Name == name {
			return s.Fields
		}
	}
	return nil
}

var comment = regexp.MustCompile(`(?m)^\s*//.*$|\s//[^"\n]*$`)

// Definitions reads those of requests and answers in Kafka's jar.
func Definitions(t testing.TB) (definitions []*Definition) {
	t.Helper()
	jar, err := zip.OpenReader(kafkatest.ClientsJar(t))
	if err != nil {
		t.Fatal(err)
	}
	defer jar.Close()
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
		var d Definition
		if err := json.Unmarshal(comment.ReplaceAll(text, nil), &d); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if d.Type == "request" || d.Type == "response" {
			definitions = append(definitions, &d)
		}
	}
	return definitions
}
