package tunnel

import "net"

// addr is a net.Addr made of a name: for a page's end of its WebSocket, and for a broker that the
// bridge dials by name.
type addr string

// NamedAddr returns a net.Addr of network "tcp" that reads as name.
func NamedAddr(name string) net.Addr { return addr(name) }

func (a addr) Network() string { return "tcp" }
func (a addr) String() string  { return string(a) }
