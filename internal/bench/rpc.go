package main

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
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
		callers int
		budget  string
	}{{1, "≤ 1.6 × bare"}, {16, "≥ 2.5 × the best other"}, {256, "≥ 8 × the best other"}} {
		contenders := []contender{{"bare net.Conn, not decoded", bareRequests(bare)}}
		for i, c := range clients {
			contenders = append(contenders, contender{c.name, concurrently(load.callers, asks[i])})
		}
		t, err := measure(load.callers, contenders)
		if err != nil {
			return rows, err
		}
		for i, c := range contenders {
			if i == 0 && load.callers > 1 {
				continue // it has but one request in flight
			}
			r := row{what: fmt.Sprintf("%s, %s", callers(load.callers), c.name), value: fmt.Sprint(t[i])}
			if load.callers == 1 {
				r.ratio = ratio(float64(t[i]), float64(t[0])) + " bare"
			}
			if i == 1 {
				r.budget = load.budget
				if load.callers > 1 {
					r.ratio = ratio(float64(min(t[2], t[3], t[4])), float64(t[1])) + " as many as the best other"
				}
			}
			rows = append(rows, r)
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

// bareRequests sends the bytes of the request, and reads those of the answer, with deadlines.
func bareRequests(c net.Conn) func(n int) error {
	r := metadataRequest()
	r.SetVersion(metadataVersion)
	request := kmsg.NewRequestFormatter(kmsg.FormatterClientID("kafkaio")).AppendRequest(nil, r, 1)
	answer := make([]byte, 4+4+len(metadataAnswer()))
	return func(n int) error {
		for range n {
			c.SetWriteDeadline(time.Now().Add(clientTimeout))
			if _, err := c.Write(request); err != nil {
				return err
			}
			c.SetReadDeadline(time.Now().Add(clientTimeout))
			if _, err := io.ReadFull(c, answer); err != nil {
				return err
			}
		}
		return nil
	}
}
