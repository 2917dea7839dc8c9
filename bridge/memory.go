package bridge

import (
	"cmp"
	"fmt"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

const (
	defaultMemory = 512 << 20
	// minMemory is enough for some sessions whose peers take nothing.
	minMemory = 4 << 20
)

// A Memory bounds what the sessions of all Bridges that share it hold together.
type Memory struct {
	budget  *tunnel.Memory
	parsing *parsing
}

// NewMemory returns a Memory of limit bytes, at least 4 MiB. 0: 512 MiB.
func NewMemory(limit int64) (*Memory, error) {
	if limit < 0 || limit > 0 && limit < minMemory {
		return nil, fmt.Errorf("bridge: MaxMemory, or NewMemory, of %d bytes: at least %d bytes were expected, or 0 for %d", limit, minMemory, defaultMemory)
	}
	size := cmp.Or(limit, defaultMemory)
	budget := tunnel.NewMemory(size)
	return &Memory{budget, newParsing(budget, size)}, nil
}

// newMemory returns the Memory of a Config.
func newMemory(c Config) (*Memory, error) {
	switch {
	case c.Memory == nil:
		return NewMemory(c.MaxMemory)
	case c.MaxMemory != 0:
		return nil, fmt.Errorf("bridge: MaxMemory %d beside Memory, which has a bound of its own: set one of them", c.MaxMemory)
	}
	return c.Memory, nil
}
