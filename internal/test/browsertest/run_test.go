package browsertest

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

// output is written by one goroutine and read by another.
type output struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.bytes.String()
}

func each(t *testing.T, f func(t *testing.T, run func(ctx context.Context, args ...string) (int, string, error))) {
	for _, b := range All {
		t.Run(b.Name, func(t *testing.T) {
			require.Long(t, b.Name)
			if _, err := b.Find(); err != nil {
				require.Missing(t, b.Name, err.Error())
			}
			wasm, err := hello()
			if err != nil {
				t.Fatal(err)
			}
			f(t, func(ctx context.Context, args ...string) (int, string, error) {
				var out output
				ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
				defer cancel()
				code, err := Run(ctx, b, Program{Wasm: wasm, Args: args, Env: map[string]string{"GREETING": "hello"}, Output: &out})
				return code, out.String(), err
			})
		})
	}
}

func TestExitCodeAndOutputComeBack(t *testing.T) {
	each(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		code, out, err := run(t.Context(), "greet", "world")
		if code != 3 || out != "hello world\non stderr\n" || err != nil {
			t.Fatalf("code %d, output %q, %v", code, out, err)
		}
	})
}

func TestMuchOutputStaysInOrder(t *testing.T) {
	each(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
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
	each(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		code, out, err := run(t.Context(), "panic")
		if code != 2 || err != nil || !strings.Contains(out, "at the disco") {
			t.Fatalf("code %d, output %q, %v", code, out, err)
		}
	})
}

func TestHangEndsWithTheContext(t *testing.T) {
	each(t, func(t *testing.T, run func(context.Context, ...string) (int, string, error)) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if _, _, err := run(ctx, "hang"); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	})
}

func TestScriptRunsWithItsHandler(t *testing.T) {
	for _, b := range All {
		require.Long(t, b.Name)
		if _, err := b.Find(); err != nil {
			require.Missing(t, b.Name, err.Error())
		}
		var out output
		code, err := Run(t.Context(), b, Program{
			Script:  `fetch("/answer").then((r) => r.text()).then((text) => { browsertest.write(text); browsertest.exit(text.length); });`,
			Output:  &out,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "forty-two") }),
		})
		if code != 9 || out.String() != "forty-two" || err != nil {
			t.Fatalf("%s: code %d, output %q, %v", b.Name, code, out.String(), err)
		}
	}
}
