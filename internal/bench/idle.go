package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	measuredSessions = 1000  // whose memory is measured
	idleSessions     = 10000 // that are held beside busy ones
	busySessions     = 100
	// idleRounds are turns beside the idle sessions, each between two turns without.
	idleRounds = 3
	// busyTurn is as long as the bridge's time between two pings, so that every idle session is
	// pinged in it once.
	busyTurn = 20 * time.Second
	// spareDescriptors are for what a process has open beside its sessions.
	spareDescriptors = 100
)

// benchIdle measures what idle sessions cost a bridge that is alone in its process: their clients
// and their brokers are in others.
func benchIdle() ([]row, error) {
	brokers, err := startChild("echo", strconv.Itoa(idleRounds+1)) // a port has too few connections for all
	if err != nil {
		return nil, err
	}
	defer brokers.stop()
	targets := strings.Fields(brokers.ready)
	rows, err := idleMemory(targets[0])
	if err != nil {
		return rows, err
	}
	row, err := idleBesideBusy(targets)
	return append(rows, row), err
}

// idleMemory is the heap and the stacks that idle sessions with one stream each add to the bridge.
func idleMemory(target string) ([]row, error) {
	url, stop, err := serveBridge(target)
	if err != nil {
		return nil, err
	}
	defer stop()
	first, err := startChild("idle", url, target, "1") // whatever is made once is made for this one
	if err != nil {
		return nil, err
	}
	defer first.stop()
	goroutines, before := runtime.NumGoroutine(), held()
	rest, err := startChild("idle", url, target, strconv.Itoa(measuredSessions))
	if err != nil {
		return nil, err
	}
	defer rest.stop()
	per := float64(held()-before) / measuredSessions
	return []row{{
		what:   fmt.Sprintf("%d idle sessions with one stream", measuredSessions),
		value:  fmt.Sprintf("%.1f KiB of heap and stacks each", per/1024),
		ratio:  fmt.Sprintf("%.1f goroutines each", float64(runtime.NumGoroutine()-goroutines)/measuredSessions),
		budget: "≤ 32 KiB",
	}}, nil
}

// idleBesideBusy compares the rate of busy sessions beside idle ones with that of the same alone.
func idleBesideBusy(targets []string) (row, error) {
	// In the bridge, a session has a WebSocket and a broker's connection.
	n := min(idleSessions, (descriptors()-spareDescriptors)/2-busySessions)
	if n < idleSessions/2 {
		return row{what: "idle sessions beside busy ones", value: fmt.Sprintf("not measured: %d descriptors (ulimit -n -H) are too few, %d are needed",
			descriptors(), 2*(idleSessions+busySessions)+spareDescriptors)}, nil
	}
	url, stop, err := serveBridge(targets...)
	if err != nil {
		return row{}, err
	}
	defer stop()
	busy, err := startChild("busy", url, targets[0], strconv.Itoa(busySessions))
	if err != nil {
		return row{}, err
	}
	defer busy.stop()
	goroutines := runtime.NumGoroutine()
	before, err := busyRate(busy)
	if err != nil {
		return row{}, err
	}
	var rates, ratios []float64
	for round := range idleRounds {
		idle, err := startChild("idle", url, targets[1+round], strconv.Itoa(n))
		if err != nil {
			return row{}, err
		}
		beside, err := busyRate(busy)
		idle.stop()
		if err != nil {
			return row{}, err
		}
		if err := waitForGoroutines(goroutines + n/100); err != nil {
			return row{}, err
		}
		after, err := busyRate(busy)
		if err != nil {
			return row{}, err
		}
		rates, ratios = append(rates, beside), append(ratios, 2*beside/(before+after))
		before = after
	}
	r := row{
		what:   fmt.Sprintf("%d busy sessions beside %d idle ones", busySessions, n),
		value:  fmt.Sprintf("%.0f round trips/s", median(rates)),
		ratio:  fmt.Sprintf("%.2f × the same alone", median(ratios)),
		budget: "≥ 0.90 × beside 10,000",
	}
	if n < idleSessions {
		r.value += fmt.Sprintf(" (%d descriptors allow no more sessions)", descriptors())
	}
	return r, nil
}

func busyRate(busy *child) (float64, error) {
	answer, err := busy.ask(busyTurn.String())
	if err != nil {
		return 0, err
	}
	trips, err := strconv.Atoi(answer)
	return float64(trips) / busyTurn.Seconds(), err
}

// waitForGoroutines waits until the bridge has noticed that sessions are gone.
func waitForGoroutines(most int) error {
	const limit = time.Minute
	for end := time.Now().Add(limit); runtime.NumGoroutine() > most; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("%d goroutines %v after the sessions' end, at most %d were expected", runtime.NumGoroutine(), limit, most)
		}
	}
	return nil
}
