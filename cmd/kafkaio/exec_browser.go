package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/wasmbinary"
)

// runInBrowser runs a program for GOOS=js in a page.
func (f *execFlags) runInBrowser(ctx context.Context, wasm []byte, args []string, isTest bool, stdout, stderr io.Writer) (code int, err error) {
	if err := wasmbinary.Check(wasm, wasmbinary.JS); err != nil {
		return 0, badFile("%s: %w", args[0], err)
	}
	i := slices.IndexFunc(browser.All, func(b browser.Browser) bool { return b.Flag() == f.browser })
	if i < 0 {
		return 0, fmt.Errorf("--browser %s: chromium or firefox was expected", f.browser)
	}
	if f.memory != 0 || len(f.dirs) > 0 || f.allowAll || len(f.listen) > 0 {
		return 0, errors.New("--memory, --dir, --allow-all and --listen are for WASI programs, and --browser runs one for GOOS=js")
	}
	brokers, end, err := f.pageBridge(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	p := browser.Program{Wasm: wasm, Args: args[1:], Output: stdout, Stderr: stderr, Handler: brokers}
	inherited, given, err := f.environment(isTest)
	if err != nil {
		return 0, err
	}
	var leftOut []string
	if p.Env, leftOut, err = jsEnvironment(p.Args, inherited, given); err != nil {
		return 0, err
	}
	if len(leftOut) > 0 {
		fmt.Fprintf(stderr, "kafkaio: a program for GOOS=js has room for %d bytes of arguments and variables; left out: %s\n", jsRoom, strings.Join(leftOut, ", "))
	}
	if isTest {
		if p.Dir, err = os.Getwd(); err != nil {
			return 0, failed("%w", err)
		}
		p.Dir = filepath.ToSlash(p.Dir)
	}
	if code, err = browser.Run(ctx, browser.All[i], p); err != nil {
		return 0, failed("%w", err)
	}
	return code, nil
}
