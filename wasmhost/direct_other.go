//go:build !unix

package wasmhost

import "net"

// directWriter does nothing: all writes go through the connection's own Write.
type directWriter struct{}

func newDirectWriter(net.Conn) *directWriter { return nil }

func (*directWriter) tryWrite([]byte) (int, error) { return 0, nil }
