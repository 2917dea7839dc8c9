package browser

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
)

// A counter counts what a program writes, all of which has to be lines of one length.
type counter struct {
	lines int
	rest  int
	bad   bool
}

func (c *counter) Write(b []byte) (int, error) {
	const length = 1000
	for _, part := range bytes.SplitAfter(b, []byte("\n")) {
		c.rest += len(part)
		if bytes.HasSuffix(part, []byte("\n")) {
			c.bad = c.bad || c.rest != length
			c.lines++
			c.rest = 0
		}
	}
	return len(b), nil
}

func TestAFloodOfOutputArrives(t *testing.T) {
	each(t, func(t *testing.T, b Browser) {
		wasm, err := hello()
		if err != nil {
			t.Fatal(err)
		}
		var out counter
		code, err := Run(t.Context(), b, Program{Wasm: wasm, Args: []string{"flood"}, Output: &out})
		if code != 0 || err != nil || out.lines != 100_000 || out.rest != 0 || out.bad {
			t.Errorf("code %d, %d lines and %d bytes, broken: %v, %v", code, out.lines, out.rest, out.bad, err)
		}
	})
}

func TestAPageThatIsLeftEndsTheRun(t *testing.T) {
	eachHello(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		if _, _, err := run(t.Context(), "leave"); err == nil || !strings.Contains(err.Error(), "its page has crashed, or was left") {
			t.Fatal(err)
		}
	})
}

func TestRunsDontDisturbEachOther(t *testing.T) {
	eachHello(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		var both sync.WaitGroup
		for _, name := range []string{"one", "two"} {
			both.Go(func() {
				if code, out, err := run(t.Context(), "greet", name); code != 3 || out != "hello "+name+"\non stderr\n" || err != nil {
					t.Errorf("%s: code %d, output %q, %v", name, code, out, err)
				}
			})
		}
		both.Wait()
	})
}
