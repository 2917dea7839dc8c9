package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
)

// services are the peers that guests of these tests know by name. Each is a TCP server on
// loopback, or a net.Pipe where its name ends in "-pipe".
var services = newPeers()

// peers serves connections, each by the name of a behaviour.
type peers struct {
	mu        sync.Mutex
	listeners map[string]net.Listener
	waiting   map[string]net.Conn // for a splice: the first of two
	serving   sync.WaitGroup
	closing   chan struct{}
}

func newPeers() *peers {
	return &peers{listeners: make(map[string]net.Listener), waiting: make(map[string]net.Conn), closing: make(chan struct{})}
}

var behaviours = map[string]func(p *peers, c net.Conn, arg int){
	"echo":   func(_ *peers, c net.Conn, _ int) { io.Copy(c, c); c.Close() },
	"send":   send,
	"reset":  reset,
	"stuck":  func(p *peers, c net.Conn, _ int) { <-p.closing; c.Close() },
	"splice": (*peers).splice,
}

// dial is a Config.Dial. The host part of addr names a behaviour, the port its argument.
func (p *peers) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	switch name {
	case "refused":
		return p.dialClosedPort(ctx)
	case "blackhole":
		<-ctx.Done()
		return nil, ctx.Err()
	case "slow":
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.ErrDeadlineExceeded}
	case "denied":
		return nil, fmt.Errorf("denied: %s is not on the list: %w", addr, fs.ErrPermission)
	case "nowhere":
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}}
	case "strange":
		return nil, errors.New("strange:\nthe host has its own reasons")
	}
	arg, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	if name, ok := strings.CutSuffix(name, "-pipe"); ok {
		guest, peer := net.Pipe()
		p.serve(name, peer, arg)
		return guest, nil
	}
	return p.dialServer(ctx, name, arg)
}

func (p *peers) dialClosedPort(ctx context.Context) (net.Conn, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l.Close()
	var d net.Dialer
	return d.DialContext(ctx, "tcp", l.Addr().String())
}

// dialServer dials the named server, and starts it if it isn't there.
func (p *peers) dialServer(ctx context.Context, name string, arg int) (net.Conn, error) {
	l, err := p.listen(name, arg)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	return d.DialContext(ctx, "tcp", l.Addr().String())
}

func (p *peers) listen(name string, arg int) (net.Listener, error) {
	if behaviours[name] == nil {
		return nil, fmt.Errorf("no such service: %s", name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := fmt.Sprint(name, arg)
	if l := p.listeners[key]; l != nil {
		return l, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.listeners[key] = l
	p.serving.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.serve(name, c, arg)
		}
	})
	return l, nil
}

func (p *peers) serve(name string, c net.Conn, arg int) {
	if name == "splice" { // two in the order they were dialled
		p.splice(c, arg)
		return
	}
	p.serving.Go(func() { behaviours[name](p, c, arg) })
}

// close ends the servers once their connections have ended.
func (p *peers) close() {
	p.mu.Lock()
	for _, l := range p.listeners {
		l.Close()
	}
	p.mu.Unlock()
	close(p.closing)
	p.serving.Wait()
}

// splice joins two connections.
func (p *peers) splice(c net.Conn, arg int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key := fmt.Sprintf("%T %d", c, arg)
	first := p.waiting[key]
	if first == nil {
		p.waiting[key] = c
		return
	}
	delete(p.waiting, key)
	join := func(to, from net.Conn) {
		io.Copy(to, from)
		to.Close()
	}
	p.serving.Go(func() { join(first, c) })
	p.serving.Go(func() { join(c, first) })
}

// send sends arg bytes, 0, 1, 2 and so on, and closes.
func send(_ *peers, c net.Conn, arg int) {
	b := make([]byte, arg)
	for i := range b {
		b[i] = byte(i)
	}
	c.Write(b)
	c.Close()
}

// reset sends arg bytes, waits for one, and resets the connection.
func reset(_ *peers, c net.Conn, arg int) {
	c.Write(make([]byte, arg))
	c.Read(make([]byte, 1))
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}
