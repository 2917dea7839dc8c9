package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

// packetServers answer datagrams, by the names under which guests dial them.
var packetServers = map[string]func(question []byte) (answer []byte){
	"echo": func(question []byte) []byte { return question },
	"dns":  answerDNS,
}

// servePackets starts the server of a name, which ends with stop.
func servePackets(name string) (addr string, stop func(), err error) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		b := make([]byte, maxPacket)
		for {
			n, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			conn.WriteTo(packetServers[name](b[:n]), from)
		}
	}()
	return conn.LocalAddr().String(), func() {
		conn.Close()
		<-ended
	}, nil
}

// dialPacketService is dialService for UDP. It also connects to any address of this machine.
func dialPacketService(ctx context.Context, network, name, addr string) (net.Conn, error) {
	if server, ok := services.packets[name]; ok {
		addr = server
	} else if ap, err := netip.ParseAddrPort(addr); err != nil || !ap.Addr().IsLoopback() {
		return nil, fmt.Errorf("no such service of UDP: %s", addr)
	}
	return new(net.Dialer).DialContext(ctx, network, addr)
}

// answerDNS tells that broker.example has the address 192.0.2.9, and that there are no other names.
func answerDNS(question []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	switch q := m.Questions[0]; {
	case q.Name.String() != "broker.example.":
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class},
			Body:   &dnsmessage.AResource{A: [4]byte{192, 0, 2, 9}},
		}}
	}
	answer, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return answer
}

// listenPacketService is a Config.ListenPacket, for IPv4.
func listenPacketService(ctx context.Context, network, addr string) (net.PacketConn, error) {
	if network == "udp6" {
		return nil, errors.New("denied: udp6")
	}
	return new(net.ListenConfig).ListenPacket(ctx, network, addr)
}
