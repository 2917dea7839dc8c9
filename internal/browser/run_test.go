package browser

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var hello = sync.OnceValues(func() ([]byte, error) {
	return wasmbuild.Program(context.Background(), "js", "./testdata/hello")
})

// each runs a test in each browser that there is.
func each(t *testing.T, f func(t *testing.T, b Browser)) {
	for _, b := range All {
		t.Run(b.Name, func(t *testing.T) {
			require.Long(t, b.Name)
			if _, err := b.Find(); err != nil {
				require.Missing(t, b.Name, err.Error())
			}
			f(t, b)
		})
	}
}

// runToEnd runs p, and returns also what it wrote.
func runToEnd(ctx context.Context, b Browser, p Program) (code int, output string, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var out bytes.Buffer
	p.Output = &out
	code, err = Run(ctx, b, p)
	return code, out.String(), err
}

// eachHello is each for tests that run the program of testdata/hello.
func eachHello(t *testing.T, f func(t *testing.T, run func(ctx context.Context, args ...string) (code int, output string, err error))) {
	each(t, func(t *testing.T, b Browser) {
		wasm, err := hello()
		if err != nil {
			t.Fatal(err)
		}
		f(t, func(ctx context.Context, args ...string) (int, string, error) {
			return runToEnd(ctx, b, Program{Wasm: wasm, Args: args, Env: map[string]string{"GREETING": "hello"}})
		})
	})
}

func TestExitCodeAndOutputComeBack(t *testing.T) {
	eachHello(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		code, out, err := run(t.Context(), "greet", "world")
		if code != 3 || out != "hello world\non stderr\n" || err != nil {
			t.Fatalf("code %d, output %q, %v", code, out, err)
		}
	})
}

func TestMuchOutputStaysInOrder(t *testing.T) {
	eachHello(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		code, out, err := run(t.Context(), "much")
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if code != 0 || err != nil || len(lines) != 20000 {
			t.Fatalf("code %d, %d lines, %v", code, len(lines), err)
		}
		for i, line := range lines {
			if !strings.HasPrefix(line, fmt.Sprint(i, " ")) {
				t.Fatalf("line %d is %q", i, line)
			}
		}
	})
}

func TestPanicIsAnExitCode(t *testing.T) {
	eachHello(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		code, out, err := run(t.Context(), "panic")
		if code != 2 || err != nil || !strings.Contains(out, "at the disco") {
			t.Fatalf("code %d, output %q, %v", code, out, err)
		}
	})
}

func TestHangEndsWithTheContext(t *testing.T) {
	eachHello(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, _, err := run(ctx, "hang"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	})
}

func TestScriptRunsWithItsHandler(t *testing.T) {
	each(t, func(t *testing.T, b Browser) {
		code, out, err := runToEnd(t.Context(), b, Program{
			Script:  `fetch("/answer").then((r) => r.text()).then((text) => { kafkaioPage.write(text); kafkaioPage.exit(text.length); });`,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "forty-two") }),
		})
		if code != 9 || out != "forty-two" || err != nil {
			t.Fatalf("code %d, output %q, %v", code, out, err)
		}
	})
}
