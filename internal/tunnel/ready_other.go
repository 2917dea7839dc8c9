//go:build !unix

package tunnel

import "net"

// A readySource waits without a buffer, for which this system has no way.
type readySource struct{}

func newReadySource(*Stream, net.Conn) *readySource { return nil }

func (*readySource) next(int) (*buffer, error) { return nil, nil }
