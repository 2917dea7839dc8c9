package examples

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPages holds that each page is small.
func TestPages(t *testing.T) {
	const most = 31 // lines
	pages, err := filepath.Glob("*/*.html")
	if err != nil || len(pages) == 0 {
		t.Fatal(pages, err)
	}
	for _, name := range pages {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), "\n"); n > most {
			t.Errorf("%s has %d lines, over %d", name, n, most)
		}
	}
}

// TestPrograms holds that each is small, says how to run it, and is in the table of README.md.
func TestPrograms(t *testing.T) {
	const most = 70 // lines, so that it is read at a glance, its error handling included
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) == 0 {
		t.Fatal(programs, err)
	}
	for _, name := range programs {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), "\n"); n > most {
			t.Errorf("%s has %d lines, over %d", name, n, most)
		}
		dir := filepath.Dir(name)
		if comment, _, _ := strings.Cut(string(source), "\npackage "); !strings.Contains(comment, "go run ./"+dir) {
			t.Errorf("%s does not say how to run it", name)
		}
		_, row, listed := strings.Cut(string(readme), "\n| ["+dir+"]("+dir+"/main.go) |")
		if row, _, _ = strings.Cut(row, "\n"); !listed || !strings.Contains(row, "go run ./"+dir+"`") {
			t.Errorf("README.md does not list %s with its command", dir)
		}
	}
}
