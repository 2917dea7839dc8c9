package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"sync/atomic"

	"github.com/kafkaio/kafkaio/internal/test/conformance/peer"
)

// services are what guests of these tests know by name: connections to a scripted peer, over TCP or,
// where the name ends in "-pipe", over a net.Pipe.
var services struct {
	peer    *peer.Server
	spliced atomic.Int64      // connections
	packets map[string]string // the addresses of packetServers
}

// script returns what the peer does on a connection to a name.
func script(name, port string) (line string, ok bool) {
	switch name {
	case "echo":
		return "echo", true
	case "send": // so many bytes of the pattern
		return "send " + port, true
	case "reset": // when a byte came
		return "send " + port + "; recv 1; reset", true
	case "stuck":
		return "hold", true
	case "splice": // two that are dialled one after the other
		return fmt.Sprint("splice ", (services.spliced.Add(1)-1)/2), true
	}
	return "", false
}

// dialService is a Config.Dial. The host part of addr names a service, the port its argument.
func dialService(ctx context.Context, network, addr string) (net.Conn, error) {
	name, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if isUDP(network) {
		return dialPacketService(ctx, network, name, addr)
	}
	switch name {
	case "refused":
		gone, err := peer.Listen(nil)
		if err != nil {
			return nil, err
		}
		gone.Close()
		return new(net.Dialer).DialContext(ctx, network, gone.Addr())
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
	name, isPipe := strings.CutSuffix(name, "-pipe")
	line, ok := script(name, port)
	if !ok {
		return nil, fmt.Errorf("no such service: %s", name)
	}
	var c net.Conn
	if isPipe {
		guest, served := net.Pipe()
		services.peer.Serve(served)
		c = guest
	} else if c, err = new(net.Dialer).DialContext(ctx, network, services.peer.Addr()); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}
