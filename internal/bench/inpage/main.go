//go:build js

// Command inpage measures, in a page or a Worker, what kafkaio's connection receives and sends beside a bare
// JavaScript WebSocket, taking turns. It prints the medians, and what the connection costs, as JSON.
package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"syscall/js"
	"time"

	"github.com/kafkaio/kafkaio"
)

const (
	rounds      = 9
	messageSize = 64 << 10
	// retainedAfter is sent before what JavaScript still holds of it is counted.
	retainedAfter = 256 << 20
	// unreadTime lets come what will.
	unreadTime = 2 * time.Second
)

// A result is what page.go reads.
type result struct {
	Receive, Send direction
	Retained      int // bytes of ArrayBuffers after retainedAfter was sent
	Unread        int // bytes of heap that a connection holds that isn't read
}

// A direction compares rates in MB/s.
type direction struct {
	Ours, Bare float64
	Calls      float64 // of JavaScript per message of ours
}

func main() {
	size, err := strconv.Atoi(os.Getenv("BYTES"))
	check(err)
	source, sink, unread := dial("SOURCE"), dial("SINK"), dial("SOURCE")
	check(json.NewEncoder(os.Stdout).Encode(result{
		Receive:  compare(size, "receive", "received", func() { receive(source, size) }),
		Send:     compare(size, "send", "sent", func() { send(sink, size) }),
		Retained: retained(sink),
		Unread:   leftUnread(unread, size),
	}))
}

// dial connects to the broker that an environment variable names.
func dial(variable string) net.Conn {
	c, err := (&kafkaio.Dialer{Timeout: time.Minute}).DialContext(context.Background(), "tcp", os.Getenv(variable))
	check(err)
	return c
}

// compare has ours and the function of bare.js take turns. The messages are those that count.js
// counts under that name.
func compare(size int, bare, messages string, ours func()) direction {
	counted := js.Global().Get("counted")
	var mine, theirs []float64
	var d direction
	for round := range rounds + 1 {
		calls, count := counted.Get("calls").Int(), counted.Get(messages).Int()
		start := time.Now()
		ours()
		took := time.Since(start).Seconds()
		d.Calls = float64(counted.Get("calls").Int()-calls) / float64(counted.Get(messages).Int()-count)
		peer := await(js.Global().Get("bare").Call(bare, size)).Float() / 1000
		if round > 0 { // the first one warms up
			mine, theirs = append(mine, took), append(theirs, peer)
		}
	}
	d.Ours, d.Bare = float64(size)/1e6/median(mine), float64(size)/1e6/median(theirs)
	return d
}

func receive(c net.Conn, size int) {
	_, err := c.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	check(err)
	buf := make([]byte, messageSize)
	for size > 0 {
		n, err := c.Read(buf[:min(size, len(buf))])
		check(err)
		size -= n
	}
}

// send sends size bytes and waits until the sink says that it has them.
func send(c net.Conn, size int) {
	_, err := c.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	check(err)
	for buf := make([]byte, messageSize); size > 0; size -= len(buf) {
		_, err := c.Write(buf)
		check(err)
	}
	_, err = c.Read(make([]byte, 1))
	check(err)
}

// retained is what JavaScript holds for this program after it has sent retainedAfter. Go's collector
// gives it up whenever it comes by, so that it does so before and not after.
func retained(c net.Conn) int {
	runtime.GC()
	send(c, retainedAfter)
	return js.Global().Get("counted").Call("retained").Int()
}

// leftUnread asks for size bytes, doesn't read them, and returns how the heap has grown.
func leftUnread(c net.Conn, size int) int {
	before := heap()
	_, err := c.Write(binary.BigEndian.AppendUint64(nil, uint64(size)))
	check(err)
	time.Sleep(unreadTime)
	return heap() - before
}

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
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
