package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/kafkaio/kafkaio/internal/bench/work"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// idleGuestConnections wait while idleGuestTime passes.
const (
	idleGuestConnections = 500
	idleGuestTime        = 10 * time.Second
)

// benchGuest compares a client in a WASI guest with the same one natively.
func benchGuest() ([]row, error) {
	wasm, err := wasmbuild.Program(context.Background(), "wasip1", "./inguest", smallBuild...)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, w := range []struct {
		what, order, budget string
		server              func(net.Conn)
		work                func(net.Conn) func(int) error
	}{
		{"round trip of 100 bytes", "trips", "≤ 2 ×", echoFrames, work.RoundTrips},
		{fmt.Sprintf("%d MiB received", work.DownloadBytes>>20), "downloads", "≤ 2 ×", pour, work.Downloads},
	} {
		more, err := besideNative(wasm, w.what, w.order, w.budget, w.server, w.work)
		rows = append(rows, more...)
		if err != nil {
			return rows, err
		}
	}
	idle, err := idleGuest(wasm)
	if err != nil {
		return rows, err
	}
	consuming, err := consumeInGuest(wasm)
	return append(append(rows, idle), consuming...), err
}

// besideNative has a guest and a native client take turns, without a bridge and with it.
func besideNative(wasm []byte, what, order, budget string, server func(net.Conn), do func(net.Conn) func(int) error) (rows []row, err error) {
	target, end, err := listen(server)
	if err != nil {
		return nil, err
	}
	defer end()
	url, end, err := serveBridge(target)
	if err != nil {
		return nil, err
	}
	defer end()
	for _, way := range []struct {
		name, bridge string
		dial         func(target string) (net.Conn, func(), error)
	}{{"direct", "", dialDirect}, {"through the bridge", url, dialBridge}} {
		c, end, err := way.dial(target)
		if err != nil {
			return rows, err
		}
		if end != nil {
			defer end()
		}
		defer c.Close()
		g := startGuest(wasm, way.bridge, target)
		inGuest := func(n int) error {
			_, err := g.do(order, n, "")
			return err
		}
		err = inGuest(1) // it is compiled, and has connected
		var times []time.Duration
		if err == nil {
			times, err = measure(1, []contender{{"native", do(c)}, {"guest", inGuest}})
		}
		if err = errors.Join(err, g.stop()); err != nil {
			return rows, err
		}
		rows = append(rows,
			row{what: way.name + ": " + what + ", native", value: times[0].String(), ratio: "1.00 ×"},
			row{what: way.name + ": " + what + ", in the guest", value: times[1].String(), ratio: ratioOf(times[1], times[0]), budget: budget})
	}
	return rows, nil
}

// idleGuest measures what a guest takes of a processor while it waits.
func idleGuest(wasm []byte) (row, error) {
	target, end, err := listen(echoFrames)
	if err != nil {
		return row{}, err
	}
	defer end()
	g := startGuest(wasm, "", target)
	if _, err := g.do("hold", idleGuestConnections, ""); err != nil {
		return row{}, errors.Join(err, g.stop())
	}
	before := processorTime()
	time.Sleep(idleGuestTime)
	used := processorTime() - before
	return row{
		what:   fmt.Sprintf("a guest with %d connections that wait", idleGuestConnections),
		value:  fmt.Sprintf("%.2f %% of a core", 100*used.Seconds()/idleGuestTime.Seconds()),
		budget: "≤ 2 %",
	}, g.stop()
}

// guestRecords are consumed in a turn.
const guestRecords = consumeRecords / 2

// consumeInGuest compares franz-go in a guest with franz-go.
func consumeInGuest(wasm []byte) ([]row, error) {
	kafka, err := startKafka()
	if err != nil {
		return nil, err
	}
	defer kafka.stop()
	ctx := context.Background()
	if err := kafka.create(ctx, consumeTopic, consumePartitions); err != nil {
		return nil, err
	}
	if err := kafka.produce(ctx, consumeTopic, consumePartitions, guestRecords*11/10); err != nil {
		return nil, err
	}
	g := startGuest(wasm, "", kafka.addr)
	var native, guests, ratios []float64
	for round := range consumeRounds + 1 {
		n, err := work.Consume(kafka.addr, consumeTopic, guestRecords)
		if err != nil {
			return nil, errors.Join(err, g.stop())
		}
		answer, err := g.do("consume", guestRecords, consumeTopic)
		if err != nil {
			return nil, errors.Join(err, g.stop())
		}
		rate, err := strconv.ParseFloat(answer, 64)
		if err != nil {
			return nil, errors.Join(err, g.stop())
		}
		if round > 0 { // the first one warms up
			native, guests, ratios = append(native, n), append(guests, rate), append(ratios, rate/n)
		}
	}
	return []row{
		{what: "franz-go consumes 100-byte records, native", value: spread("%.0f", native) + " a second", ratio: "1.00 ×"},
		{what: "… in the guest", value: spread("%.0f", guests) + " a second", ratio: spread("%.2f", ratios) + " ×", budget: "≥ 0.3 ×"},
	}, g.stop()
}
