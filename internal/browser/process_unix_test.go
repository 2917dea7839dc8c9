//go:build unix

package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake returns a browser that is a script.
func fake(t *testing.T, script string) Browser {
	t.Helper()
	command := filepath.Join(t.TempDir(), "fake")
	if err := os.WriteFile(command, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	return Browser{Name: "Fake", command: command, args: func(profile string) []string { return []string{profile} }}
}

func TestWhyABrowserDoesNotStartIsTold(t *testing.T) {
	_, _, err := runToEnd(t.Context(), fake(t, "echo no usable sandbox >&2; exit 7\n"), Program{Script: ";"})
	if err == nil || !strings.Contains(err.Error(), "exit status 7\nno usable sandbox") {
		t.Error(err)
	}
}

// Chromium has a directory for its socket beside the profile.
func TestNothingOfABrowserIsLeft(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	runToEnd(t.Context(), fake(t, `
mkdir "$TMPDIR/socket"
touch "$TMPDIR/socket/SingletonSocket"
ln -s x "$TMPDIR/socket/SingletonCookie"
ln -s "$TMPDIR/socket/SingletonSocket" "$1/SingletonSocket"
`), Program{Script: ";"})
	if left, err := os.ReadDir(temp); len(left) > 0 || err != nil {
		t.Errorf("%v, %v", left, err)
	}
}
