package tunnel

import "net"

// addr is the address of an end that has none of its own kind: a page's end of its WebSocket,
// or a broker that the bridge dials by name.
type addr string

// NamedAddr returns a net.Addr of network "tcp" that reads as name.
func NamedAddr(name string) net.Addr { return addr(name) }

func (a addr) Network() string { return "tcp" }
func (a addr) String() string  { return string(a) }
