package packagetest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// unprovoked are the codes that nothing can provoke yet, and why.
var unprovoked = map[string]string{"ERR_FILTER": "a filter that is a text can't fail"}

// TestEveryCodeIsProvoked holds that for each code of the package a test of the suite has an error of that code.
func TestEveryCodeIsProvoked(t *testing.T) {
	types, err := os.ReadFile(web + "/src/errors.ts")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(web + "/test/suite/*.ts")
	if err != nil {
		t.Fatal(err)
	}
	var suite strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		suite.Write(text)
	}
	codes := regexp.MustCompile(`(?m)^  \| ("ERR_\w+")$`).FindAllStringSubmatch(string(types), -1)
	if len(codes) < 18 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for _, m := range codes {
		name := strings.Trim(m[1], `"`)
		provoked := regexp.MustCompile(`rejects\(.*, ` + m[1] + `\)`).MatchString(suite.String())
		if why := unprovoked[name]; provoked == (why != "") {
			t.Errorf("%s: provoked %v, and why it can't be: %q", name, provoked, why)
		}
	}
}
