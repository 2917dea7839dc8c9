package wasmhost

import (
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
)

// A guest's memory grows in pages of 64 KiB. WebAssembly's 32-bit addresses reach 65,536 of them.
const (
	pageSize = 64 << 10
	maxPages = 1 << 16
)

// limitMemory applies Config.MaxMemory.
func (c Config) limitMemory(r wazero.RuntimeConfig) wazero.RuntimeConfig {
	if c.MaxMemory == 0 || c.MaxMemory > (maxPages-1)*pageSize {
		return r
	}
	return r.WithMemoryLimitPages(uint32((c.MaxMemory + pageSize - 1) / pageSize))
}

// compileError names MaxMemory if the program declares more memory than that.
func (c Config) compileError(err error) error {
	if c.MaxMemory > 0 && strings.Contains(err.Error(), "pages") && strings.Contains(err.Error(), "over limit") {
		return fmt.Errorf("wasmhost: the program starts with more memory than MaxMemory, %d bytes: %w", c.MaxMemory, err)
	}
	return fmt.Errorf("wasmhost: compile: %w", err)
}
