package ping_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// names are all that there are for these tests, besides those of the machine's hosts file.
var names = map[string][]string{
	"kafka.example": {"127.0.0.1"},
	"v4.example":    {"127.0.0.1"},
	"v6.example":    {"::1"},
	"slow.example":  nil, // nobody answers
}

// A nameServer is what the program asks for names from now on.
type nameServer struct {
	serving sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
	ended bool
}

func startNameServer() *nameServer {
	s := new(nameServer)
	net.DefaultResolver.PreferGo = true
	net.DefaultResolver.Dial = func(context.Context, string, string) (net.Conn, error) { return s.dial() }
	return s
}

func (s *nameServer) dial() (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, net.ErrClosed
	}
	client, server := net.Pipe()
	s.conns = append(s.conns, server)
	s.serving.Go(func() { serveNames(server) })
	return client, nil
}

// end also ends lookups that nobody waits for any more.
func (s *nameServer) end() {
	s.mu.Lock()
	s.ended = true
	for _, c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.serving.Wait()
}

// serveNames answers as RFC 1035 has it for TCP.
func serveNames(c net.Conn) {
	defer c.Close()
	for {
		var length [2]byte
		if _, err := io.ReadFull(c, length[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		reply := nameReply(query)
		if reply == nil {
			io.Copy(io.Discard, c)
			return
		}
		c.Write(binary.BigEndian.AppendUint16(nil, uint16(len(reply))))
		c.Write(reply)
	}
}

// nameReply is nil where there is no answer.
func nameReply(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	addrs, known := names[strings.TrimSuffix(q.Name.String(), ".")]
	switch {
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case addrs == nil:
		return nil
	}
	header := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
	for _, a := range addrs {
		switch addr := netip.MustParseAddr(a); {
		case addr.Is4() && q.Type == dnsmessage.TypeA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && q.Type == dnsmessage.TypeAAAA:
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}
