//go:build !unix && !wasip1

package tunnel

import "net"

// tryWriter is nil: writing goes through a goroutine here, at the cost of some latency.
func tryWriter(net.Conn) func(p []byte) int { return nil }
