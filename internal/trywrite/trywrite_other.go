//go:build !unix

package trywrite

import "net"

// A Writer writes nothing on this system: the caller has to use the connection's own Write.
type Writer struct{}

// New returns nil, which is a Writer that writes nothing.
func New(net.Conn) *Writer { return nil }

// Try writes nothing, and returns 0.
func (*Writer) Try([]byte) (int, error) { return 0, nil }
