//go:build !race

package hostile

// Race reports whether the race detector is on, which makes stacks larger.
const Race = false
