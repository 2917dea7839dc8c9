package main

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/bench/work"
)

// openSessions opens sessions with a bridge, each with one stream. The arguments are the bridge,
// the broker, and how many.
func openSessions(args []string) ([]net.Conn, error) {
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return nil, err
	}
	conns, errs := make([]net.Conn, n), make([]error, n)
	var next atomic.Int64
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				d := &kafkaio.Dialer{Bridge: args[0], Timeout: time.Minute}
				conns[i], errs[i] = d.DialContext(context.Background(), "tcp", args[1])
			}
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("session %d: %w", i, err)
		}
	}
	return conns, nil
}

// idleClients opens sessions and leaves them idle.
func idleClients(args []string) (string, func(string) (string, error), error) {
	_, err := openSessions(args)
	return "", nil, err
}

// busyClients opens sessions. A command is a duration, for which all of them make round trips; the
// answer is how many they made together.
func busyClients(args []string) (string, func(string) (string, error), error) {
	conns, err := openSessions(args)
	return "", func(command string) (string, error) {
		d, err := time.ParseDuration(command)
		if err != nil {
			return "", err
		}
		trips, err := roundTripsOfAll(conns, d)
		return fmt.Sprint(trips), err
	}, err
}

func roundTripsOfAll(conns []net.Conn, d time.Duration) (int64, error) {
	var trips atomic.Int64
	errs := make(chan error, len(conns))
	end := time.Now().Add(d)
	var all sync.WaitGroup
	for _, c := range conns {
		all.Go(func() {
			one := work.RoundTrips(c)
			for time.Now().Before(end) {
				if err := one(1); err != nil {
					errs <- err
					return
				}
				trips.Add(1)
			}
		})
	}
	all.Wait()
	close(errs)
	return trips.Load(), <-errs
}
