// Prog is a guest: its first argument says what it does.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

var commands = map[string]func(){
	"roundtrips": roundtrips,
	"throughput": throughput,
	"idle":       idle,
}

func main() {
	commands[os.Args[1]]()
}

func dial(addr string) net.Conn {
	c, err := guest.Dial(context.Background(), "tcp", addr)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return c
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func roundtrips() {
	c := dial(os.Args[2])
	var n int
	fmt.Sscan(os.Args[3], &n)
	b := make([]byte, 128)
	start := time.Now()
	for range n {
		_, err := c.Write(b)
		check(err)
		_, err = io.ReadFull(c, b)
		check(err)
	}
	fmt.Println(time.Since(start) / time.Duration(n))
}

func throughput() {
	c := dial(os.Args[2])
	const total = 1 << 30
	b := make([]byte, 256<<10)
	start := time.Now()
	go func() {
		for sent := 0; sent < total; sent += len(b) {
			_, err := c.Write(b)
			check(err)
		}
	}()
	in := make([]byte, 256<<10)
	for got := 0; got < total; {
		n, err := c.Read(in)
		check(err)
		got += n
	}
	fmt.Println(total / 1e6 / time.Since(start).Seconds(), "MB/s")
}

func idle() {
	c := dial(os.Args[2])
	c.Read(make([]byte, 1))
}
