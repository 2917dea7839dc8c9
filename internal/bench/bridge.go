package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
)

// A way is a connection to the same server by another path.
type way struct {
	name string
	conn net.Conn
}

// The ways that others are compared with, by their place in what ways returns.
const (
	ourBridge     = 1
	bareRelayWay  = 2
	websockifyWay = 3
)

// ways connects to target directly, through the bridge, through a bare relay, and through
// websockify where it is installed.
func ways(target string) (all []way, notes []row, stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, w := range all {
			w.conn.Close()
		}
		for _, s := range stops {
			s()
		}
	}
	add := func(name string, conn net.Conn, err error) error {
		if err == nil {
			all = append(all, way{name, conn})
		}
		return err
	}
	direct, err := net.Dial("tcp", target)
	if err = add("direct", direct, err); err != nil {
		return nil, nil, stop, err
	}
	b, err := bridge.New(bridge.Config{Brokers: []string{target}})
	if err != nil {
		return nil, nil, stop, err
	}
	addr, end, err := serveHTTP(b)
	if err != nil {
		return nil, nil, stop, err
	}
	stops = append(stops, end)
	tunnelled, err := (&kafkaio.Dialer{Bridge: "ws://" + addr + "/kafka"}).DialContext(context.Background(), "tcp", target)
	if err = add("kafkaio bridge", tunnelled, err); err != nil {
		return nil, nil, stop, err
	}
	if addr, end, err = serveHTTP(bareRelay(target)); err != nil {
		return nil, nil, stop, err
	}
	stops = append(stops, end)
	relayed, err := dialRelay(addr)
	if err = add("bare coder/websocket relay", relayed, err); err != nil {
		return nil, nil, stop, err
	}
	if addr, end, err = startWebsockify(target); err != nil {
		return nil, nil, stop, err
	}
	stops = append(stops, end)
	if addr == "" {
		return all, []row{{"websockify", "not installed (apt-get install websockify)", "", ""}}, stop, nil
	}
	relayed, err = dialRelay(addr)
	return all, nil, stop, add("websockify", relayed, err)
}

// onAllWays measures what do does on each way to a server. The order is that of ways: direct, our
// bridge, the bare relay, websockify where there is one.
func onAllWays(server func(net.Conn), do func(net.Conn) func(int) error) (names []string, times []time.Duration, notes []row, err error) {
	target, end, err := listen(server)
	if err != nil {
		return nil, nil, nil, err
	}
	defer end()
	all, notes, stop, err := ways(target)
	defer stop()
	if err != nil {
		return nil, nil, nil, err
	}
	var contenders []contender
	for _, w := range all {
		names = append(names, w.name)
		contenders = append(contenders, contender{w.name, do(w.conn)})
	}
	times, err = measure(1, contenders)
	return names, times, notes, err
}

func benchBridgeRoundTrip() ([]row, error) {
	names, t, notes, err := onAllWays(echoFrames, roundTrips)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, name := range names {
		r := row{what: name, value: fmt.Sprint(t[i]), ratio: ratio(float64(t[i]), float64(t[0])) + " direct"}
		if i == ourBridge {
			r.budget = "≤ 3 × direct, ≤ 1.3 × the bare relay, below websockify"
			r.ratio += ", " + ratio(float64(t[i]), float64(t[bareRelayWay])) + " the bare relay"
		}
		rows = append(rows, r)
	}
	return append(rows, notes...), nil
}

func roundTrips(c net.Conn) func(n int) error {
	frame, answer := newFrame(), make([]byte, 4+payloadSize)
	return func(n int) error {
		for range n {
			if _, err := c.Write(frame); err != nil {
				return err
			}
			if _, err := io.ReadFull(c, answer); err != nil {
				return err
			}
		}
		return nil
	}
}

// throughputBytes are received in one operation.
const throughputBytes = 32 << 20

func benchBridgeThroughput() ([]row, error) {
	names, t, notes, err := onAllWays(pour, downloads)
	if err != nil {
		return nil, err
	}
	rate := func(i int) float64 { return megabytes(throughputBytes, t[i]) }
	var rows []row
	for i, name := range names {
		r := row{what: name, value: fmt.Sprintf("%.0f MB/s", rate(i)), ratio: ratio(rate(i), rate(0)) + " direct"}
		if i == ourBridge {
			r.budget = "≥ 2 × websockify"
			if websockifyWay < len(names) {
				r.ratio += ", " + ratio(rate(i), rate(websockifyWay)) + " websockify"
			}
		}
		rows = append(rows, r)
	}
	return append(rows, notes...), nil
}

func downloads(c net.Conn) func(n int) error {
	buf := make([]byte, 64<<10)
	return func(n int) error {
		for range n {
			if _, err := c.Write(binary.BigEndian.AppendUint64(nil, throughputBytes)); err != nil {
				return err
			}
			for left := throughputBytes; left > 0; {
				n, err := c.Read(buf[:min(left, len(buf))])
				if err != nil {
					return err
				}
				left -= n
			}
		}
		return nil
	}
}
