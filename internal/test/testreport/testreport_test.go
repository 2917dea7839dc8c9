package testreport

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// output is what a test binary prints with Verbose; the marker is a tilde here.
const output = `before the first
~=== RUN   TestA
~=== RUN   TestA/x_y
    a_test.go:4: hello
out
no end of line~--- PASS: TestA/x_y (0.00s)
~=== NAME  TestA
~=== RUN   TestA/f
~=== RUN   TestA/f/p1
~=== PAUSE TestA/f/p1
~=== NAME  TestA/f
~=== CONT  TestA/f/p1
    a_test.go:6: bad
~--- FAIL: TestA/f/p1 (0.00s)
~--- FAIL: TestA/f (0.00s)
~=== NAME  TestA
    a_test.go:7: of the whole
~--- FAIL: TestA (0.00s)
~=== NAME  
~=== RUN   TestB
~--- SKIP: TestB (1.25s)
~=== NAME  
~=== RUN   TestC
panic: at once
`

func TestParse(t *testing.T) {
	tests := Parse(strings.ReplaceAll(output, "~", marker))
	want := &Test{Subtests: []*Test{
		{Name: "TestA", Result: "FAIL", Output: "    a_test.go:7: of the whole\n", Subtests: []*Test{
			{Name: "x_y", Result: "PASS", Output: "    a_test.go:4: hello\nout\nno end of line"},
			{Name: "f", Result: "FAIL", Subtests: []*Test{{Name: "p1", Result: "FAIL", Output: "    a_test.go:6: bad\n"}}},
		}},
		{Name: "TestB", Result: "SKIP"},
		{Name: "TestC", Output: "panic: at once\n"},
	}}
	if got := (&Test{Subtests: tests}); !reflect.DeepEqual(got, want) {
		g, _ := json.MarshalIndent(got, "", " ")
		t.Errorf("got %s", g)
	}
	if passed, failed := Count(tests, "PASS"), Count(tests, "FAIL"); passed != 1 || failed != 1 {
		t.Errorf("counted %d that passed and %d that failed, want 1 of each", passed, failed)
	}
}

func TestPatternBelowATest(t *testing.T) {
	for _, test := range []struct{ pattern, name, inner, want string }{
		{"", "TestWASI", "^TestSuite$", ""},
		{"TestWASI", "TestWASI", "^TestSuite$", ""},
		{"^(TestWASI|TestFirefox)$", "TestWASI", "^TestSuite$", ""},
		{"TestWASI/Dial", "TestWASI", "^TestSuite$", "^TestSuite$/Dial"},
		{"TestWASI/Dial", "TestWASI", "", "Dial"},
		{"TestWASI/Dial/(A/B|C)/[/|]", "TestWASI", "^TestSuite$", "^TestSuite$/Dial/(A/B|C)/[/|]"},
		{"TestWASI/A|TestFirefox/B|WASI/C", "TestWASI", "^TestSuite$", "^TestSuite$/A|^TestSuite$/C"},
		{"TestWASI/A|TestWASI", "TestWASI", "^TestSuite$", ""},
		{"TestTLS/WASI/Marker", "TestTLS/WASI", "^TestSuite$", "^TestSuite$/Marker"},
		{"TestTLS/Native/Marker", "TestTLS/WASI", "^TestSuite$", ""},
		{`Test\|WASI/A`, "TestWASI", "^TestSuite$", ""},
	} {
		if got := below(test.pattern, test.name, test.inner); got != test.want {
			t.Errorf("%s below %s: got %q, want %q", test.pattern, test.name, got, test.want)
		}
	}
}
