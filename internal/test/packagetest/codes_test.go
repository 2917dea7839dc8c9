package packagetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unprovoked are the codes that nothing can provoke yet, and why.
var unprovoked = map[string]string{
	"ERR_FILTER":                  "a filter that is a text can't fail",
	"ERR_INCOMPATIBLE_IP_VERSION": "no option asks for an IP version",
}

// TestEveryCodeIsProvoked holds that for each code of the package a test of the suite has an error of that code.
func TestEveryCodeIsProvoked(t *testing.T) {
	files, err := filepath.Glob(web + "/test/suite/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	var suite strings.Builder
	for _, file := range files {
		suite.WriteString(readText(t, file))
	}
	for _, name := range codes(t) {
		provoked := regexp.MustCompile(`rejects\(.*, "` + name + `"\)`).MatchString(suite.String())
		if why := unprovoked[name]; provoked == (why != "") {
			t.Errorf("%s: provoked %v, and why it can't be: %q", name, provoked, why)
		}
	}
}

// TestEveryCodeIsDeclared holds that the types have each code that the page or the Worker gives an error.
func TestEveryCodeIsDeclared(t *testing.T) {
	declared, code := codes(t), regexp.MustCompile(`"(ERR_[A-Z_]+)"`)
	used := 0
	for _, dir := range []string{web + "/src", web + "/wasm"} {
		err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(file, "_test.go") || filepath.Ext(file) != ".go" && filepath.Ext(file) != ".ts" {
				return err
			}
			for _, m := range code.FindAllStringSubmatch(readText(t, file), -1) {
				if used++; !slices.Contains(declared, m[1]) {
					t.Errorf("%s has %s, and Code of web/src/errors.ts has not", file, m[1])
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if used <= len(declared) {
		t.Error("no codes were found but those that are declared")
	}
}

// TestCodesAreDocumented holds that the guide says what to do about each code that the package has.
func TestCodesAreDocumented(t *testing.T) {
	guide := readText(t, root+"/docs/javascript.md")
	for _, name := range codes(t) {
		if !strings.Contains(guide, "\n| `"+name+"` | ") {
			t.Errorf("the table of docs/javascript.md lacks %s", name)
		}
	}
}

// codes are those that the package's types have, but for Kafka's.
func codes(t *testing.T) (names []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^  \| "(ERR_\w+)"$`).FindAllStringSubmatch(readText(t, web+"/src/errors.ts"), -1) {
		names = append(names, m[1])
	}
	if len(names) < 18 {
		t.Fatalf("only %d codes were found", len(names))
	}
	return names
}

func readText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
