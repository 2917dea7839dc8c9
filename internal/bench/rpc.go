package main

import (
	"fmt"
	"net"
	"slices"
	"sync"
)

// maxInFlight is allowed to every client that has a setting for it.
const maxInFlight = 256

// benchRPC compares requests that are decoded, by one caller and by many, on one connection.
func benchRPC() ([]row, error) {
	addr, stop, err := listen(brokerStub)
	if err != nil {
		return nil, err
	}
	defer stop()
	bare, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	var asks []func() error
	for _, c := range clients {
		ask, end, err := c.open(addr)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		defer end()
		asks = append(asks, ask)
	}
	var rows []row
	for _, load := range []struct {
		callers           int
		limit             string
		ourLimit, ourBest string
	}{
		{1, "bare net.Conn, not decoded", "≤ 1.6 × bare", ""},
		{16, "bare loop with 16 in flight", "≤ 1.5 × the loop", "≥ 2.5 × the best other"},
		{256, "bare loop with 256 in flight", "≤ 1.5 × the loop", "≥ 4 × the best other"},
	} {
		limit := bareRequests(bare)
		if load.callers > 1 {
			limit = bareLoop(bare, load.callers)
		}
		contenders := []contender{{load.limit, limit}}
		for i, c := range clients {
			contenders = append(contenders, contender{c.name, concurrently(load.callers, asks[i])})
		}
		t, err := measure(load.callers, contenders)
		if err != nil {
			return rows, err
		}
		for i, c := range contenders {
			r := row{what: fmt.Sprintf("%s, %s", callers(load.callers), c.name), value: fmt.Sprint(t[i])}
			r.ratio = ratio(float64(t[i]), float64(t[0])) + " the limit"
			if i == 1 {
				r.budget = load.ourLimit
			}
			rows = append(rows, r)
			if i == 1 && load.ourBest != "" {
				best := slices.Min(t[2:])
				rows = append(rows, row{"  against the best other", best.String(), ratio(float64(best), float64(t[1])) + " as many", load.ourBest})
			}
		}
	}
	return rows, nil
}

func callers(n int) string {
	if n == 1 {
		return "1 caller"
	}
	return fmt.Sprintf("%d callers", n)
}

// concurrently makes n requests by so many callers.
func concurrently(callers int, ask func() error) func(n int) error {
	return func(n int) error {
		errs := make(chan error, callers)
		var all sync.WaitGroup
		for range callers {
			all.Go(func() {
				for range n / callers {
					if err := ask(); err != nil {
						errs <- err
						return
					}
				}
			})
		}
		all.Wait()
		close(errs)
		return <-errs
	}
}
