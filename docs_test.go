//go:build !wasm

package kafkaio_test

// What the documentation says about the code is so: programs compile, links lead somewhere, and the
// tests that it names exist.

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestProgramsInREADMECompile holds that each can be pasted as it is.
func TestProgramsInREADMECompile(t *testing.T) {
	programs := regexp.MustCompile("(?ms)^```go\n(.*?)^```$").FindAllStringSubmatch(readText(t, "README.md"), -1)
	if len(programs) == 0 {
		t.Fatal("README.md has no Go programs")
	}
	for i, program := range programs {
		name := filepath.Join(t.TempDir(), "main.go")
		if err := os.WriteFile(name, []byte(program[1]), 0o644); err != nil {
			t.Fatal(err)
		}
		if unformatted, err := exec.Command("gofmt", "-l", name).CombinedOutput(); err != nil || len(unformatted) > 0 {
			t.Errorf("program %d: gofmt: %s, %v", i+1, unformatted, err)
		}
		if !strings.HasPrefix(program[1], "package main\n") {
			t.Errorf("program %d is not a whole program:\n%s", i+1, program[1])
		}
		if out, err := exec.Command("go", "vet", name).CombinedOutput(); err != nil {
			t.Errorf("program %d: %v\n%s", i+1, err, out)
		}
	}
}

// TestSizesInREADMEAreServed compares them with what make left, which is served as it is.
func TestSizesInREADMEAreServed(t *testing.T) {
	text := strings.Join(strings.Fields(readText(t, "README.md")), " ")
	sizes := regexp.MustCompile("loads ([0-9.]+) MB of WebAssembly, as `make` compresses it with Brotli; " +
		"after `make release`, .*?, ([0-9.]+) MB\\. .*? gzip only, and load ([0-9.]+) MB").FindStringSubmatch(text)
	if sizes == nil {
		t.Fatal("README.md does not state the sizes, or in other words than this test knows")
	}
	for name, stated := range map[string][]string{
		"web/dist/kafka.wasm.br": {sizes[1], sizes[2]}, // whichever ran last
		"web/dist/kafka.wasm.gz": {sizes[3]},
	} {
		info, err := os.Stat(name)
		if os.IsNotExist(err) {
			require.Missing(t, name, "make")
		} else if err != nil {
			t.Fatal(err)
		}
		if !nearOne(t, float64(info.Size())/1e6, stated) {
			t.Errorf("%s has %d bytes; README.md says %s MB", name, info.Size(), strings.Join(stated, " or "))
		}
	}
}

// nearOne reports whether one of the numbers is got, give or take a few per cent: the program grows a
// little with most changes.
func nearOne(t *testing.T, got float64, numbers []string) bool {
	for _, number := range numbers {
		want, err := strconv.ParseFloat(number, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got > 0.96*want && got < 1.04*want {
			return true
		}
	}
	return false
}

// TestTestsThatAreDocumentedExist finds each name of a test or an example in a document, and each behaviour
// of the conformance suite that a table gives as evidence.
func TestTestsThatAreDocumentedExist(t *testing.T) {
	exist := testNames(t)
	test := regexp.MustCompile(`(?:^|[^\w.])((?:(?:Test|Fuzz)[A-Z]|Example_)\w+…?)`)
	behaviours := regexp.MustCompile(`(?m)suite: (.*) \|$`)
	found := make(map[*regexp.Regexp]int)
	walk(t, func(document string) {
		if filepath.Ext(document) != ".md" {
			return
		}
		text := readText(t, document)
		for _, names := range []*regexp.Regexp{test, behaviours} {
			for _, match := range names.FindAllStringSubmatch(text, -1) {
				for name := range strings.SplitSeq(match[1], ", ") {
					found[names]++
					if !exist(name) {
						t.Errorf("%s names %s, which does not exist", document, name)
					}
				}
			}
		}
	})
	for _, names := range []*regexp.Regexp{test, behaviours} {
		if found[names] == 0 {
			t.Errorf("nothing in any document matches %s", names)
		}
	}
}

// testNames returns a function that knows the tests of all modules. A name that ends in … is the
// beginning of one.
func testNames(t *testing.T) func(name string) bool {
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w*)\(`)
	behaviour := regexp.MustCompile(`(?m)^\t\{"(\w+)", (?:\w+|waiting\(\w+\))\},$`)
	var names []string
	walk(t, func(name string) {
		var matches [][]string
		switch {
		case strings.HasSuffix(name, "_test.go"):
			matches = function.FindAllStringSubmatch(readText(t, name), -1)
		case filepath.ToSlash(name) == "internal/test/conformance/suite/suite.go":
			matches = behaviour.FindAllStringSubmatch(readText(t, name), -1)
		}
		for _, match := range matches {
			names = append(names, match[1])
		}
	})
	return func(wanted string) bool {
		beginning, isBeginning := strings.CutSuffix(wanted, "…")
		for _, name := range names {
			if name == wanted || isBeginning && strings.HasPrefix(name, beginning) {
				return true
			}
		}
		return false
	}
}

// TestLinksInDocumentsResolve follows those to files and to headings of this repository.
func TestLinksInDocumentsResolve(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	walk(t, func(name string) {
		if filepath.Ext(name) != ".md" {
			return
		}
		for _, match := range link.FindAllStringSubmatch(readText(t, name), -1) {
			if strings.Contains(match[1], "://") {
				continue
			}
			path, heading, _ := strings.Cut(match[1], "#")
			target := name
			if path != "" {
				target = filepath.Join(filepath.Dir(name), path)
			}
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s: link to %s: %v", name, match[1], err)
			} else if heading != "" && !hasHeading(readText(t, target), heading) {
				t.Errorf("%s: link to %s: no such heading", name, match[1])
			}
		}
	})
}

// hasHeading knows headings by their anchors, as GitHub makes them.
func hasHeading(text, anchor string) bool {
	dropped := regexp.MustCompile(`[^\p{L}\p{N}\- ]`)
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimSpace(line), "#"), " "); ok && line[0] == '#' {
			title = dropped.ReplaceAllString(strings.ToLower(title), "")
			if strings.ReplaceAll(title, " ", "-") == anchor {
				return true
			}
		}
	}
	return false
}

// walk calls visit for each file of the repository that people write.
func walk(t *testing.T, visit func(name string)) {
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || base == "bin" || base == ".git" {
				return filepath.SkipDir
			}
			return nil
		}
		visit(name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}
