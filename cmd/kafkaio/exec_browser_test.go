package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// hangProgram is that of testdata/exechang, built once.
var hangProgram = sync.OnceValues(func() ([]byte, error) {
	return wasmbuild.Program(context.Background(), "js", "testdata/exechang")
})

// hangFile writes the program to a file of the test.
func hangFile(t *testing.T) string {
	t.Helper()
	wasm, err := hangProgram()
	if err != nil {
		t.Fatal(err)
	}
	return newFile(t, "hang.wasm", string(wasm))
}

// TestExecEndsAPageThatHangs has a program that never gives its page a turn.
func TestExecEndsAPageThatHangs(t *testing.T) {
	program := hangFile(t)
	for _, b := range browser.All {
		t.Run(b.Flag(), func(t *testing.T) {
			requireBrowser(t, b)
			o := runToEnd(t, stubPage, "exec", "--timeout=5s", "--browser="+b.Flag(), program)
			if o.code != exitError {
				t.Errorf("exit code %d", o.code)
			}
			mustSay(t, o.stdout, "it hangs")
			mustSay(t, o.stderr, "--timeout: stopped after 5s")
		})
	}
}

func TestExecLeavesOutWhatAPageHasNoRoomFor(t *testing.T) {
	long := func(name string, n int) string { return name + "=" + strings.Repeat("x", n) }
	for _, row := range []struct {
		inherited, given []string
		want             []string // what is left out
		fails            bool
	}{
		{[]string{"A=1", "B=2"}, []string{"C=3"}, nil, false},
		{[]string{"A=1", long("LONG", 9000), long("LONGER", 9001)}, nil, []string{"LONGER", "LONG"}, false},
		{[]string{long("A", 3000), long("B", 3001), long("C", 3002)}, nil, []string{"C"}, false},
		{[]string{long("A", 5000)}, []string{long("B", 4000)}, []string{"A"}, false},
		{[]string{long("A", 5000)}, []string{long("A", 4000)}, nil, false},
		{nil, []string{long("A", 9000)}, nil, true},
	} {
		env, leftOut, err := jsEnvironment([]string{"-test.v"}, row.inherited, row.given)
		if !slices.Equal(leftOut, row.want) || (err != nil) != row.fails {
			t.Errorf("%.40q, %.40q: left out %q, %v", row.inherited, row.given, leftOut, err)
		}
		for _, name := range leftOut {
			if _, has := env[name]; has {
				t.Errorf("%s is there", name)
			}
		}
	}
}
