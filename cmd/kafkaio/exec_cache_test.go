package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestTheOldestCompiledProgramsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "version"), 0o700); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i, name := range []string{"newest", "old", "version/oldest", "new"} {
		path := filepath.Join(dir, name)
		writeFile(t, path, "0123456789")
		age := []time.Duration{0, 3, 4, 1}[i] * time.Hour
		if err := os.Chtimes(path, now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	prune(dir, 25)
	for name, stays := range map[string]bool{"newest": true, "new": true, "old": false, "version/oldest": false} {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
}
