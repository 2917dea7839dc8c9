package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/tetratelabs/wazero"
)

// maxCache bounds the files of the cache, in bytes. A test's program of 10 MB has 40 MB there, and go test makes a new one
// with each change.
const maxCache = 2 << 30

// execCache keeps compiled programs in the user's cache. They are machine code that wazero trusts, so that only the user may
// write there.
func execCache() (wazero.CompilationCache, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return wazero.NewCompilationCache(), nil // no HOME: it compiles each time
	}
	dir := filepath.Join(base, "kafkaio", "wasm")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, badFile("the cache of compiled programs: %w", err)
	}
	prune(dir, maxCache)
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, badFile("the cache of compiled programs: %w", err)
	}
	return cache, nil
}

// prune removes the oldest files below dir until they have at most so many bytes. What can't be read or removed stays: it
// is only a cache, of which another process may remove files, too.
func prune(dir string, most int64) {
	type file struct {
		path string
		info fs.FileInfo
	}
	var files []file
	var total int64
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			files = append(files, file{path, info})
			total += info.Size()
		}
		return nil
	})
	slices.SortFunc(files, func(a, b file) int { return a.info.ModTime().Compare(b.info.ModTime()) })
	for _, f := range files {
		if total <= most {
			return
		}
		if os.Remove(f.path) == nil {
			total -= f.info.Size()
		}
	}
}
