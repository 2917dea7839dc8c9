package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/ping"
)

var update = flag.Bool("update", false, "write the texts in testdata anew")

// TestReportsRead prints the reports of the tests of package ping.
func TestReportsRead(t *testing.T) {
	reports, err := filepath.Glob("../../internal/ping/testdata/*.json")
	if err != nil || len(reports) == 0 {
		t.Fatalf("%d reports: %v", len(reports), err)
	}
	t.Setenv("LC_ALL", "C.UTF-8")
	for _, file := range reports {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r ping.Report
			if err := json.Unmarshal(text, &r); err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			p := newPingPrinter(&got)
			p.begin(r.Target, r.Bridge)
			for _, s := range r.Steps {
				p.step(s)
			}
			p.end(&r)
			file := filepath.Join("testdata", "ping", name+".txt")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("got\n%s\nbut %s has\n%s", got.String(), file, want)
			}
		})
	}
}
