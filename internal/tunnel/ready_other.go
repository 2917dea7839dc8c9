//go:build !unix

package tunnel

import "net"

// A readySource waits for bytes without a buffer. This system has no way to do that.
type readySource struct{}

func newReadySource(*Stream, net.Conn, int) *readySource { return nil }

func (*readySource) next(int) (*buffer, error) { return nil, nil }
