package main

import (
	"fmt"
	"net"
	"time"

	"github.com/kafkaio/kafkaio/internal/bench/work"
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
	all, notes, err := onAllWays(echoFrames, work.RoundTrips)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, w := range all {
		r := row{what: w.name, value: fmt.Sprintf("%v, %s", w.elapsed, processorPer(2*(4+work.PayloadSize), w.processor)),
			ratio: ratioOf(w.elapsed, all[directWay].elapsed) + " direct"}
		if i == bridgeWay {
			r.ratio += ", " + ratioOf(w.elapsed, all[bareRelayWay].elapsed) + " the bare relay"
			r.budget = "≤ 3 × direct, ≤ 1.15 × the bare relay"
		}
		rows = append(rows, r)
	}
	return append(rows, notes...), nil
}

func benchBridgeThroughput() ([]row, error) {
	all, notes, err := onAllWays(pour, work.Downloads)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, w := range all {
		r := row{what: w.name, value: fmt.Sprintf("%.0f MB/s, %s", megabytes(work.DownloadBytes, w.elapsed), processorPer(work.DownloadBytes, w.processor)),
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
