package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"time"

	"github.com/coder/websocket"

	"github.com/kafkaio/kafkaio/bridge"
)

// listen serves every TCP connection to a free port with f, and returns the address.
func listen(f func(net.Conn)) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				f(c)
			}()
		}
	}()
	return l.Addr().String(), func() { l.Close() }, nil
}

// echoFrames answers each length-prefixed frame with itself.
func echoFrames(c net.Conn) {
	buf := make([]byte, 1<<20)
	for {
		if _, err := io.ReadFull(c, buf[:4]); err != nil {
			return
		}
		n := 4 + int(binary.BigEndian.Uint32(buf))
		if _, err := io.ReadFull(c, buf[4:n]); err != nil {
			return
		}
		if _, err := c.Write(buf[:n]); err != nil {
			return
		}
	}
}

// pour answers each 8-byte number with so many bytes.
func pour(c net.Conn) {
	var want [8]byte
	chunk := make([]byte, 256<<10)
	for {
		if _, err := io.ReadFull(c, want[:]); err != nil {
			return
		}
		for left := int(binary.BigEndian.Uint64(want[:])); left > 0; {
			n, err := c.Write(chunk[:min(left, len(chunk))])
			if err != nil {
				return
			}
			left -= n
		}
	}
}

// swallow answers each 8-byte number, and so many bytes, with one byte.
func swallow(c net.Conn) {
	var size [8]byte
	chunk := make([]byte, 256<<10)
	for {
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		for left := int(binary.BigEndian.Uint64(size[:])); left > 0; {
			n, err := c.Read(chunk[:min(left, len(chunk))])
			if err != nil {
				return
			}
			left -= n
		}
		if _, err := c.Write(chunk[:1]); err != nil {
			return
		}
	}
}

// serveHTTP serves h on a free port and returns its address.
func serveHTTP(h http.Handler) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h}
	go server.Serve(l)
	return l.Addr().String(), func() { server.Close() }, nil
}

// serveBridge serves a bridge and returns its URL.
func serveBridge(brokers ...string) (url string, stop func(), err error) {
	return serveBridgeOf(bridge.Config{Brokers: brokers})
}

func serveBridgeOf(c bridge.Config) (url string, stop func(), err error) {
	b, err := bridge.New(c)
	if err != nil {
		return "", nil, err
	}
	addr, stop, err := serveHTTP(b)
	return "ws://" + addr + "/kafka", stop, err
}

// bareRelay is the least that a WebSocket-to-TCP relay on coder/websocket can be: it copies.
func bareRelay(target string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, Subprotocols: []string{"binary"}})
		if err != nil {
			return
		}
		defer ws.CloseNow()
		ws.SetReadLimit(-1)
		tcp, err := net.Dial("tcp", target)
		if err != nil {
			return
		}
		defer tcp.Close()
		go func() {
			defer ws.CloseNow()
			buf := make([]byte, 64<<10)
			for {
				n, err := tcp.Read(buf)
				if err != nil || ws.Write(context.Background(), websocket.MessageBinary, buf[:n]) != nil {
					return
				}
			}
		}()
		buf := make([]byte, 64<<10)
		for {
			_, message, err := ws.Reader(context.Background())
			if err != nil {
				return
			}
			if _, err := io.CopyBuffer(struct{ io.Writer }{tcp}, message, buf); err != nil {
				return
			}
		}
	})
}

// dialRelay opens a plain WebSocket relay's connection as a net.Conn.
func dialRelay(addr string) (net.Conn, error) {
	ws, _, err := websocket.Dial(context.Background(), "ws://"+addr, &websocket.DialOptions{Subprotocols: []string{"binary"}})
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(-1)
	return websocket.NetConn(context.Background(), ws, websocket.MessageBinary), nil
}

// startWebsockify runs websockify before target. Where it isn't installed the address is empty.
func startWebsockify(target string) (addr string, stop func(), err error) {
	path, err := exec.LookPath("websockify")
	if err != nil {
		return "", func() {}, nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	cmd := exec.Command(path, addr, target)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	for range 100 {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			c.Close()
			return addr, stop, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return "", nil, fmt.Errorf("websockify did not listen on %s", addr)
}
