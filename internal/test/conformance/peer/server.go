package peer

import (
	"fmt"
	"net"
	"strconv"
	"sync"
)

// A Server listens on a loopback address until it is closed.
type Server struct {
	listener net.Listener
	hooks    map[string]func()
	done     chan struct{} // closed by end
	handlers sync.WaitGroup

	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	gates   map[string]*gate
	records map[string]*record
	splices map[string]*splice
}

// Listen starts a server. The hooks are what a script may do by name.
func Listen(hooks map[string]func()) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{
		listener: l,
		hooks:    hooks,
		done:     make(chan struct{}),
		conns:    make(map[net.Conn]struct{}),
		gates:    make(map[string]*gate),
		records:  make(map[string]*record),
		splices:  make(map[string]*splice),
	}
	s.handlers.Go(s.accept)
	return s, nil
}

// Addr is host:port of the server.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Port is the port of the server.
func (s *Server) Port() string { return strconv.Itoa(s.listener.Addr().(*net.TCPAddr).Port) }

// Close ends all connections and waits until nothing of the server runs any more.
func (s *Server) Close() error {
	err := s.end()
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.handlers.Wait()
	return err
}

// Shutdown is Close for a server whose clients have gone: it ends what only waits, such as hold, and
// hangs until the other ends of all other connections are closed.
func (s *Server) Shutdown() error {
	err := s.end()
	s.handlers.Wait()
	return err
}

// end accepts no more connections.
func (s *Server) end() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.done)
	return s.listener.Close()
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.Serve(c)
	}
}

// Serve serves c as if it had been accepted. It may be one end of a net.Pipe, which can't be reset.
func (s *Server) Serve(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		c.Close()
	default:
		s.conns[c] = struct{}{}
		s.handlers.Go(func() {
			defer s.remove(c)
			s.serve(c)
		})
	}
}

func (s *Server) remove(c net.Conn) {
	c.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
}

// named returns the entry of m for name, made by its first user. It is called without the lock.
func named[T any](s *Server, m map[string]*T, name string, create func() *T) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m[name] == nil {
		m[name] = create()
	}
	return m[name]
}

// A gate is what wait waits for.
type gate struct {
	opened chan struct{}
	once   sync.Once
}

func newGate() *gate { return &gate{opened: make(chan struct{})} }

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

// wait returns when the gate is open; an error when the server is closed before.
func (s *Server) wait(g *gate) error {
	select {
	case <-g.opened:
		return nil
	case <-s.done:
		return net.ErrClosed
	}
}

// A record is what report reports. Its other fields are set before it is settled.
type record struct {
	sent, received int64
	intact         bool
	settled        *gate
}

func newRecord() *record { return &record{settled: newGate()} }

func (r *record) String() string {
	return fmt.Sprintf("%d %d %t\n", r.sent, r.received, r.intact)
}
