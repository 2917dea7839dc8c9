package examples

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestRootModuleNeedsNoOtherClient holds that who uses kafkaio doesn't depend on the clients that it
// is shown with here.
func TestRootModuleNeedsNoOtherClient(t *testing.T) {
	list := exec.Command("go", "list", "-m", "all")
	list.Dir = ".."
	out, err := list.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "github.com/twmb/franz-go ") {
		t.Fatalf("go list told nothing: %s", out)
	}
	for _, client := range []string{"github.com/IBM/sarama", "github.com/segmentio/kafka-go"} {
		if strings.Contains(string(out), client) {
			t.Errorf("the root module depends on %s", client)
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
		if !strings.Contains(string(readme), "| ["+dir+"]("+dir+"/main.go) |") {
			t.Errorf("README.md does not list %s", dir)
		}
	}
}
