package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// documentation is docs/bridge.md.
func documentation(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../../docs/bridge.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTheDocumentationHasEveryKeyAndNoOther(t *testing.T) {
	documented := map[string][]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z0-9_.\\[\\]]+)` \\| ([^|]+) \\| ([^|]*)\\| ([^|]+) \\|$").FindAllStringSubmatch(documentation(t), -1) {
		if documented[row[1]] != nil {
			t.Errorf("%s is documented twice", row[1])
		}
		documented[row[1]] = []string{row[2], strings.TrimSpace(row[3])}
	}
	s := &Source{File: File{Auth: Auth{JWT: &JWT{}}}}
	s.File.setDefaults()
	defaults := map[string]string{
		"listen": s.File.Listen, "max_memory": s.File.MaxMemory.String(), "max_session_age": s.File.MaxSessionAge.String(),
		"log.level": s.File.Log.Level, "log.format": s.File.Log.Format,
		"auth.jwt.identity": s.File.Auth.JWT.Identity, "auth.jwt.groups": s.File.Auth.JWT.Groups,
		"policies[].name": "policy N", "policies[].clusters": "all",
	}
	for _, key := range Keys() {
		row := documented[key.Path]
		if row == nil {
			t.Errorf("%s isn't documented", key.Path)
			continue
		}
		want := defaults[key.Path]
		if key.Type == "true or false" {
			want = "false"
		}
		if row[0] != key.Type || row[1] != want {
			t.Errorf("%s is documented as %q with the default %q; it is %q with %q", key.Path, row[0], row[1], key.Type, want)
		}
		delete(documented, key.Path)
	}
	for path := range documented {
		t.Errorf("%s is documented, and is no key", path)
	}
}

func TestTheDocumentationsExampleIsValid(t *testing.T) {
	example := regexp.MustCompile("(?s)## Example\n\n```yaml\n(.*?)```").FindStringSubmatch(documentation(t))
	if example == nil {
		t.Fatal("there is none")
	}
	if _, err := validated(example[1]); err != nil {
		t.Error(err)
	}
}

func TestTheExampleHasEveryKey(t *testing.T) {
	s, err := validated(strings.ReplaceAll(Example, "\n#-", "\n"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := Print(s.File)
	if err != nil {
		t.Fatal(err)
	}
	var missing []string
	for _, key := range Keys() {
		name := key.Path[strings.LastIndex(key.Path, ".")+1:]
		if !strings.Contains(string(text), name+":") && !strings.Contains(Example, name+":") {
			missing = append(missing, key.Path)
		}
	}
	if slices.Sort(missing); len(missing) > 0 {
		t.Errorf("it lacks %q", missing)
	}
}
