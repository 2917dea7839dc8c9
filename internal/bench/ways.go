package main

import (
	"context"
	"net"

	"github.com/kafkaio/kafkaio"
)

// A way is a connection to the same server by another path.
type way struct {
	name string
	conn net.Conn
	// elsewhere says that another process relays, whose processor time isn't ours.
	elsewhere bool
}

// The places of the ways in what dialWays returns. The last is there where websockify is installed.
const (
	directWay = iota
	bridgeWay
	proxyWay
	bareRelayWay
	websockifyWay
)

// dialWays connects to target by each way. The caller runs stop, even after an error.
func dialWays(target string) (all []way, notes []row, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, w := range all {
			w.conn.Close()
		}
		for _, s := range stops {
			s()
		}
	}
	for _, w := range []struct {
		name      string
		dial      func(target string) (net.Conn, func(), error)
		elsewhere bool
	}{
		directWay:     {"direct", dialDirect, false},
		bridgeWay:     {"kafkaio bridge", dialBridge, false},
		proxyWay:      {"bare TCP proxy that copies", dialProxy, false},
		bareRelayWay:  {"bare coder/websocket relay", dialBareRelay, false},
		websockifyWay: {"websockify", dialWebsockify, true},
	} {
		conn, end, err := w.dial(target)
		if end != nil {
			stops = append(stops, end)
		}
		switch {
		case err != nil:
			return all, nil, stop, err
		case conn == nil:
			notes = append(notes, row{what: w.name, value: "not installed (apt-get install " + w.name + ")"})
		default:
			all = append(all, way{w.name, conn, w.elsewhere})
		}
	}
	return all, notes, stop, nil
}

func dialDirect(target string) (net.Conn, func(), error) {
	c, err := net.Dial("tcp", target)
	return c, nil, err
}

func dialBridge(target string) (net.Conn, func(), error) {
	url, end, err := serveBridge(target)
	if err != nil {
		return nil, nil, err
	}
	c, err := (&kafkaio.Dialer{Bridge: url}).DialContext(context.Background(), "tcp", target)
	return c, end, err
}

func dialProxy(target string) (net.Conn, func(), error) {
	addr, end, err := listen(tcpProxy(target))
	if err != nil {
		return nil, nil, err
	}
	c, err := net.Dial("tcp", addr)
	return c, end, err
}

func dialBareRelay(target string) (net.Conn, func(), error) {
	addr, end, err := serveHTTP(bareRelay(target))
	if err != nil {
		return nil, nil, err
	}
	c, err := dialRelay(addr)
	return c, end, err
}

// dialWebsockify returns no connection where websockify isn't installed.
func dialWebsockify(target string) (net.Conn, func(), error) {
	addr, end, err := startWebsockify(target)
	if err != nil || addr == "" {
		return nil, end, err
	}
	c, err := dialRelay(addr)
	return c, end, err
}
