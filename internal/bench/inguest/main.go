// Command inguest is a client that is measured in a WASI guest: inguest BRIDGE ADDR, where an empty BRIDGE is none. For each
// line of its standard input, such as "trips 100", it does that and prints a line.
package main

import (
	"bufio"
	"context"
	"fmt"
	"os"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/bench/work"
)

func main() {
	if err := serve(&kafkaio.Dialer{Bridge: os.Args[1]}, os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(d *kafkaio.Dialer, addr string) error {
	ctx := context.Background()
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer c.Close()
	trips, downloads := work.RoundTrips(c), work.Downloads(c)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var what, topic string
		var n int
		if _, err := fmt.Sscan(lines.Text(), &what, &n, &topic); what == "consume" && err != nil {
			return err
		}
		answer := "done"
		switch what {
		case "trips":
			err = trips(n)
		case "downloads":
			err = downloads(n)
		case "hold":
			err = hold(ctx, d, addr, n)
		case "consume":
			var rate float64
			rate, err = work.Consume(addr, topic, n, kgo.Dialer(d.DialContext))
			answer = fmt.Sprint(rate)
		default:
			err = fmt.Errorf("%q: it isn't known", lines.Text())
		}
		if err != nil {
			return err
		}
		fmt.Println(answer)
	}
	return nil
}

// hold opens n connections, and keeps one round trip under way on each of them, which waits.
func hold(ctx context.Context, d *kafkaio.Dialer, addr string, n int) error {
	for range n {
		c, err := d.DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		go c.Read(make([]byte, 1))
	}
	return nil
}
