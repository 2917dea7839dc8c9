package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/wasmbinary"
)

// browsers are those of --browser.
var browsers = map[string]browser.Browser{"chromium": browser.Chromium, "firefox": browser.Firefox}

// runInBrowser runs a program for GOOS=js in a page.
func (f *execFlags) runInBrowser(ctx context.Context, wasm []byte, args []string, isTest bool, stdout, stderr io.Writer) (code int, err error) {
	if err := wasmbinary.Check(wasm, wasmbinary.JS); err != nil {
		return 0, badFile("%s: %w", args[0], err)
	}
	b, ok := browsers[f.browser]
	if !ok {
		return 0, fmt.Errorf("--browser %s: chromium or firefox was expected", f.browser)
	}
	if _, err := b.Find(); err != nil {
		return 0, failed("%w", err)
	}
	if f.memory != 0 || len(f.dirs) > 0 {
		return 0, errors.New("--memory and --dir are for WASI programs, and --browser runs one for GOOS=js")
	}
	p := browser.Program{Wasm: wasm, Args: args[1:], Output: stdout, Stderr: stderr, Env: make(map[string]string)}
	env, err := f.environment(isTest)
	if err != nil {
		return 0, err
	}
	for _, text := range env {
		name, value, _ := strings.Cut(text, "=")
		p.Env[name] = value
	}
	if isTest {
		if p.Dir, err = os.Getwd(); err != nil {
			return 0, failed("%w", err)
		}
		p.Dir = filepath.ToSlash(p.Dir)
	}
	if len(f.allow) > 0 {
		brokers, err := bridge.New(bridge.Config{Brokers: f.allow})
		if err != nil {
			return 0, fmt.Errorf("--allow: %w", err)
		}
		defer brokers.Shutdown(context.WithoutCancel(ctx))
		mux := http.NewServeMux()
		mux.Handle("/kafka", brokers)
		p.Handler = mux
	}
	if code, err = browser.Run(ctx, b, p); err != nil {
		return 0, failed("%w", err)
	}
	return code, nil
}
