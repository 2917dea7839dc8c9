//go:build js

// Command inpage measures, in a page, bytes received by kafkaio's connection beside those that a
// bare JavaScript WebSocket receives, taking turns. It prints the medians as JSON.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"syscall/js"
	"time"

	"github.com/kafkaio/kafkaio"
)

const rounds = 9

func main() {
	size, err := strconv.Atoi(os.Getenv("BYTES"))
	check(err)
	c, err := new(kafkaio.Dialer).DialContext(context.Background(), "tcp", "")
	check(err)
	var ours, bare []float64
	for round := range rounds + 1 {
		start := time.Now()
		receive(c, size)
		mine := time.Since(start).Seconds()
		theirs := await(js.Global().Call("bareReceive", size)).Float() / 1000
		if round > 0 { // the first one warms up
			ours, bare = append(ours, mine), append(bare, theirs)
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"ours": float64(size) / 1e6 / median(ours),
		"bare": float64(size) / 1e6 / median(bare),
	}))
}

func receive(c net.Conn, size int) {
	_, err := c.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	check(err)
	buf := make([]byte, 64<<10)
	for size > 0 {
		n, err := c.Read(buf[:min(size, len(buf))])
		check(err)
		size -= n
	}
}

// await returns what a promise resolves to.
func await(promise js.Value) js.Value {
	done := make(chan js.Value, 1)
	then := js.FuncOf(func(_ js.Value, args []js.Value) any {
		done <- args[0]
		return nil
	})
	defer then.Release()
	promise.Call("then", then)
	return <-done
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
