package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

var update = flag.Bool("update", false, "write the texts in testdata anew")

// TestReportsRead prints reports of package ping's tests, one of each form: what they say is tested there.
func TestReportsRead(t *testing.T) {
	texts, err := filepath.Glob("testdata/ping/*.txt")
	if err != nil || len(texts) == 0 {
		t.Fatalf("%d texts: %v", len(texts), err)
	}
	t.Setenv("LC_ALL", "C.UTF-8")
	for _, file := range texts {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			report, err := os.ReadFile(filepath.Join("internal", "ping", "testdata", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			var r ping.Report
			if err := json.Unmarshal(report, &r); err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			p := newPingPrinter(&got)
			p.report(&r)
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

func TestMarksAreThoseOfTheLocale(t *testing.T) {
	for _, row := range []struct {
		all, ctype, lang string
		utf8             bool
	}{
		{"", "", "", false},
		{"", "", "C", false},
		{"", "", "en_GB.UTF-8", true},
		{"", "", "de_DE.utf8", true},
		{"", "C.UTF-8", "C", true},
		{"C", "", "en_GB.UTF-8", false},
		{"", "de_DE.ISO-8859-1", "en_GB.UTF-8", false},
	} {
		locale := map[string]string{"LC_ALL": row.all, "LC_CTYPE": row.ctype, "LANG": row.lang}
		for name, value := range locale {
			t.Setenv(name, value)
		}
		p := newPingPrinter(io.Discard)
		if utf8 := p.yes == "✓"; utf8 != row.utf8 || len(p.yes) != len(p.no) {
			t.Errorf("%v: marks %q and %q", locale, p.yes, p.no)
		}
	}
}

func TestTimesAreAsWide(t *testing.T) {
	for ms, want := range map[float64]string{
		0:      " 0.0 ms",
		1.234:  " 1.2 ms",
		9.94:   " 9.9 ms",
		9.96:   "  10 ms",
		999.4:  " 999 ms",
		999.6:  " 1.0 s ",
		1500:   " 1.5 s ",
		999900: "999.9 s ",
	} {
		if got := took(ms); got != want {
			t.Errorf("%v ms: %q, want %q", ms, got, want)
		}
	}
}

func TestColourIsBesideTheWords(t *testing.T) {
	var plain, coloured bytes.Buffer
	for _, p := range []pingPrinter{
		{printer: printer{w: &plain}, yes: "✓", no: "✗"},
		{printer: printer{w: &coloured, colour: true}, yes: "✓", no: "✗"},
	} {
		r := ping.Report{Cluster: &ping.Cluster{Brokers: 300}, Summary: strings.Repeat("Some words of it. ", 10), Brokers: []ping.Broker{{OK: true}, {}}, Problems: []ping.Problem{{Text: "a", Advice: "b", Fix: []string{"c"}}}}
		p.begin("kafka:9092", "")
		p.step(ping.Step{Name: ping.Connect, OK: true})
		p.step(ping.Step{Name: ping.Metadata})
		p.end(&r)
	}
	ways := regexp.MustCompile("\x1b\\[[0-9]+m")
	if got := ways.ReplaceAllString(coloured.String(), ""); got != plain.String() || got == coloured.String() {
		t.Errorf("in colour\n%q\nwithout\n%q", coloured.String(), plain.String())
	}
	for line := range strings.Lines(coloured.String()) {
		if strings.Contains(line, "\x1b") && !strings.Contains(line, "\x1b[0m") {
			t.Errorf("a colour doesn't end with its line: %q", line)
		}
	}
}
