package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"
)

// A wayCost is what an operation costs on one way.
type wayCost struct {
	way
	cost
}

// onAllWays measures what do does on each way to a server, in the order of dialWays. Server, relay
// and client share this process, so a way's processor time is that of all three.
func onAllWays(server func(net.Conn), do func(net.Conn) func(int) error) (all []wayCost, notes []row, err error) {
	target, end, err := listen(server)
	if err != nil {
		return nil, nil, err
	}
	defer end()
	ways, notes, stop, err := dialWays(target)
	defer stop()
	if err != nil {
		return nil, nil, err
	}
	var contenders []contender
	for _, w := range ways {
		contenders = append(contenders, contender{w.name, do(w.conn)})
	}
	costs, err := measureCosts(1, contenders)
	if err != nil {
		return nil, nil, err
	}
	for i, c := range costs {
		if ways[i].elsewhere {
			c.processor = 0
		}
		all = append(all, wayCost{ways[i], c})
	}
	return all, notes, nil
}

func benchBridgeRoundTrip() ([]row, error) {
	all, notes, err := onAllWays(echoFrames, roundTrips)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, w := range all {
		r := row{what: w.name, value: fmt.Sprintf("%v, %s", w.elapsed, processorPer(2*(4+payloadSize), w.processor)),
			ratio: ratioOf(w.elapsed, all[directWay].elapsed) + " direct"}
		if i == bridgeWay {
			r.ratio += ", " + ratioOf(w.elapsed, all[bareRelayWay].elapsed) + " the bare relay"
			r.budget = "≤ 3 × direct, ≤ 1.15 × the bare relay"
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
	all, notes, err := onAllWays(pour, downloads)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, w := range all {
		r := row{what: w.name, value: fmt.Sprintf("%.0f MB/s, %s", megabytes(throughputBytes, w.elapsed), processorPer(throughputBytes, w.processor)),
			ratio: ratioOf(all[directWay].elapsed, w.elapsed) + " direct"}
		if i == bridgeWay {
			proxy := all[proxyWay]
			r.ratio += ", " + ratioOf(proxy.elapsed, w.elapsed) + " the TCP proxy, " + ratioOf(w.processor, proxy.processor) + " its processor time"
			r.budget = "≥ 0.97 × the TCP proxy, ≤ 1.05 × its processor time per byte"
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

// processorPer is processor time per byte, where it is known.
func processorPer(bytes int, used time.Duration) string {
	if used == 0 {
		return "processor time n/a"
	}
	return fmt.Sprintf("%.3g ns of processor per byte", float64(used.Nanoseconds())/float64(bytes))
}

// ratioOf is n/a where one of the durations is not known.
func ratioOf(a, b time.Duration) string {
	if a == 0 || b == 0 {
		return "n/a ×"
	}
	return ratio(float64(a), float64(b))
}
