package main

import (
	"os"
	"path/filepath"

	"github.com/tetratelabs/wazero"
)

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
	cache, err := wazero.NewCompilationCacheWithDir(dir)
	if err != nil {
		return nil, badFile("the cache of compiled programs: %w", err)
	}
	return cache, nil
}
