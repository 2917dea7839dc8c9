package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/internal/wasmbinary"
	"github.com/kafkaio/kafkaio/wasmhost"
)

// testRun is the argument that go test gives to every test binary that it runs.
const testRun = "-test.paniconexit0"

func newExec() *cobra.Command {
	var flags execFlags
	c := &cobra.Command{
		Use:   "exec [flags] program.wasm [argument...]",
		Short: "Run a WASI program with sockets",
		Long: `Runs a program that was built with GOOS=wasip1 GOARCH=wasm. What it may use, the flags say: without
any, it has clocks, random numbers and this terminal. With --allow it can open connections, by
github.com/kafkaio/kafkaio/wasmhost/guest, or by kafkaio itself. The exit code is the program's.

It is a runner for go test, too: go test -exec 'kafkaio exec' gives a test the files, the working
directory and the environment that it has natively.`,
		Example: `  kafkaio exec --allow localhost:9092 tail.wasm orders
  kafkaio exec --dir .:/data --env LANG --memory 512MiB --timeout 10m program.wasm
  GOOS=wasip1 GOARCH=wasm go test -exec 'kafkaio exec --allow-all' ./...`,
		RunE: func(c *cobra.Command, args []string) error { return runExec(c, &flags, args) },
	}
	flags.add(c.Flags())
	return c
}

func runExec(c *cobra.Command, flags *execFlags, args []string) error {
	if len(args) == 0 {
		return errors.New("a program is missing: give the file of one, such as kafkaio exec program.wasm")
	}
	if flags.timeout < 0 {
		return fmt.Errorf("--timeout %v: a positive duration was expected, or 0s for none", &flags.timeout)
	}
	ctx := c.Context()
	if flags.browser != "" {
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, syscall.SIGHUP, syscall.SIGQUIT) // which would leave a browser behind
		defer stop()
	}
	if limit := flags.limit(args); limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, limit, fmt.Errorf("%w: stopped after %v", errTimeout, limit))
		defer cancel()
	}
	wasm, err := os.ReadFile(args[0])
	if err != nil {
		return badFile("%w", err)
	}
	isTest := slices.Contains(args, testRun)
	var code int
	if flags.browser != "" {
		code, err = flags.runInBrowser(ctx, wasm, args, isTest, c.OutOrStdout(), c.ErrOrStderr())
	} else {
		code, err = flags.runAsWASI(ctx, wasm, args, isTest, c)
	}
	switch {
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), errTimeout):
		return failed("%w", context.Cause(ctx))
	case ctx.Err() != nil:
		return exitCode(exitSignal)
	case err != nil:
		return err
	}
	return exitCode(code)
}

// runAsWASI runs a program for GOOS=wasip1.
func (f *execFlags) runAsWASI(ctx context.Context, wasm []byte, args []string, isTest bool, c *cobra.Command) (code int, err error) {
	if err := wasmbinary.Check(wasm, wasmbinary.Program); err != nil {
		return 0, badFile("%s: %w", args[0], err)
	}
	config, err := f.config(isTest)
	if err != nil {
		return 0, err
	}
	config.Args, config.Stdin = args, interruptible(ctx, c.InOrStdin())
	config.Stdout, config.Stderr = c.OutOrStdout(), c.ErrOrStderr()
	if config.Cache, err = execCache(); err != nil {
		return 0, err
	}
	if code, err = wasmhost.Run(ctx, wasm, config); err != nil {
		return 0, failed("%s: %w", args[0], err)
	}
	return code, nil
}

// exitSignal is the exit code after Ctrl-C: 128 and the number of the signal, as shells have it.
const exitSignal = 128 + 2

var errTimeout = errors.New("--timeout")

// testGrace is how much longer than go test's own timeout a test may take: it then tells what runs, if it gets to that.
const testGrace = 30 * time.Second

// limit is how long a program may run; 0: as long as it likes. A test ends by itself at go test's timeout, unless it
// hangs. A minute later go test would kill this process, and leave a browser behind.
func (f *execFlags) limit(args []string) time.Duration {
	if f.timeout != 0 {
		return time.Duration(f.timeout)
	}
	for _, arg := range args {
		if text, ok := strings.CutPrefix(arg, "-test.timeout="); ok {
			if d, err := time.ParseDuration(text); err == nil && d > 0 {
				return d + testGrace
			}
		}
	}
	return 0
}

// interruptible returns r without the wait of its Read: that ends with ctx, and then leaves a Read of r behind.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	in, out := io.Pipe()
	go func() {
		_, err := io.Copy(out, r)
		out.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { out.CloseWithError(fmt.Errorf("interrupted: %w", ctx.Err())) })
	return in
}
