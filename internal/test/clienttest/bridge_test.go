package clienttest

import (
	"net"
	"net/http"
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
)

// A bridgeServer serves a bridge to pages of any origin. It can be stopped as if it were killed,
// and started again.
type bridgeServer struct {
	t      *testing.T
	config bridge.Config
	addr   string

	server  *http.Server
	serving sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// serveBridge serves a bridge until the test ends.
func serveBridge(t *testing.T, c bridge.Config) *bridgeServer {
	t.Helper()
	s := &bridgeServer{t: t, config: c, addr: kafkatest.FreeAddress(t)}
	s.start()
	t.Cleanup(func() {
		s.stop()
		s.serving.Wait()
	})
	return s
}

func (s *bridgeServer) url() string { return "ws://" + s.addr + "/kafka" }

func (s *bridgeServer) start() {
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Error(err)
		return
	}
	s.server = &http.Server{
		Handler: bridgetest.AnyOrigin(bridgetest.New(s.t, s.config)),
		ConnState: func(c net.Conn, state http.ConnState) {
			if state == http.StateNew {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.conns = append(s.conns, c)
			}
		},
	}
	server := s.server
	s.serving.Go(func() { server.Serve(l) })
}

// stop resets all connections and listens no more.
func (s *bridgeServer) stop() {
	s.server.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
	}
	s.conns = nil
}
