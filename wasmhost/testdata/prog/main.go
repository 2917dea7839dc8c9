// Prog is a guest. Its first argument names what it does; the others are that function's arguments.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

var commands = map[string]func(args []string){
	"exit":       func(args []string) { os.Exit(number(args[0])) },
	"panic":      func(args []string) { panic(args[0]) },
	"print":      func(args []string) { fmt.Println(strings.Join(args, " "), os.Getenv("GREETING")) },
	"cat":        func([]string) { io.Copy(os.Stdout, os.Stdin) },
	"readfile":   readFile,
	"spin":       spin,
	"sleep":      sleep,
	"dial":       func(args []string) { dial(args[0]).Close() },
	"listen":     listen,
	"ask":        ask,
	"canceldial": cancelDial,
	"hold":       hold,
	"writeexit":  writeExit,
	"roundtrips": roundTrips,
	"throughput": throughput,
	"open":       open,
	"renumber":   renumber,
	"allocate":   allocate,
	"crowd":      crowd,
}

func main() {
	commands[os.Args[1]](os.Args[2:])
}

func readFile(args []string) {
	b, err := os.ReadFile(args[0])
	check(err)
	os.Stdout.Write(b)
}

func spin([]string) {
	fmt.Println("ready")
	for n := 0; ; n++ {
		if n == -1 {
			return
		}
	}
}

func sleep([]string) {
	fmt.Println("ready")
	time.Sleep(time.Hour)
}

// cancelDial gives up a dial as soon as a line comes on standard input.
func cancelDial(args []string) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		bufio.NewReader(os.Stdin).ReadString('\n')
		cancel()
	}()
	_, err := guest.Dial(ctx, "tcp", args[0])
	fmt.Println(errors.Is(err, context.Canceled), err)
}

// hold opens connections and waits for the peer of the first; then it exits with all open.
func hold(args []string) {
	var conns []net.Conn
	for range number(args[1]) {
		conns = append(conns, dial(args[0]))
	}
	fmt.Println("ready")
	conns[0].Read(make([]byte, 1))
}

// listen listens on the network of its first argument at the address of its second, and prints where. Of UDP it answers
// datagrams then.
func listen(args []string) {
	if !strings.HasPrefix(args[0], "udp") {
		l, err := guest.Listen(context.Background(), args[0], args[1])
		check(err)
		fmt.Println(l.Addr())
		return
	}
	c, err := guest.ListenPacket(context.Background(), args[0], args[1])
	check(err)
	fmt.Println(c.LocalAddr())
	b := make([]byte, 64<<10)
	for {
		n, from, err := c.ReadFrom(b)
		check(err)
		_, err = c.WriteTo(b[:n], from)
		check(err)
	}
}

// ask sends its second argument to the address of its first by UDP, and prints the answer.
func ask(args []string) {
	c, err := guest.Dial(context.Background(), "udp", args[0])
	check(err)
	_, err = io.WriteString(c, args[1])
	check(err)
	b := make([]byte, 64<<10)
	n, err := c.Read(b)
	check(err)
	fmt.Printf("%s\n", b[:n])
}

// writeExit writes this many bytes, and exits without closing.
func writeExit(args []string) {
	_, err := dial(args[0]).Write(make([]byte, number(args[1])))
	check(err)
}

// roundTrips prints the nanoseconds of a round trip: the best batch's average.
func roundTrips(args []string) {
	c := dial(args[0])
	b := make([]byte, 128)
	best := time.Duration(1<<63 - 1)
	const batch = 1000
	for range number(args[1]) / batch {
		start := time.Now()
		for range batch {
			_, err := c.Write(b)
			check(err)
			_, err = io.ReadFull(c, b)
			check(err)
		}
		best = min(best, time.Since(start)/batch)
	}
	fmt.Println(best.Nanoseconds())
}

// throughput sends this many bytes and receives them back, and prints the nanoseconds that took.
func throughput(args []string) {
	c := dial(args[0])
	total := number(args[1])
	start := time.Now()
	go func() {
		b := make([]byte, 256<<10)
		for sent := 0; sent < total; {
			n, err := c.Write(b[:min(len(b), total-sent)])
			check(err)
			sent += n
		}
	}()
	_, err := io.CopyN(io.Discard, c, int64(total))
	check(err)
	fmt.Println(time.Since(start).Nanoseconds())
}

// open opens a file up to this many times, and prints how often it succeeded and the error that ended it.
// It then waits for a line on standard input, with all of them open.
func open(args []string) {
	opened, cause := 0, error(nil)
	for ; opened < number(args[1]) && cause == nil; opened++ {
		if _, cause = syscall.Open(args[0], syscall.O_RDONLY, 0); cause != nil {
			break
		}
	}
	fmt.Println(opened, cause)
	bufio.NewReader(os.Stdin).ReadString('\n')
}

//go:wasmimport wasi_snapshot_preview1 fd_renumber
func fdRenumber(from, to int32) syscall.Errno

// renumber gives an open file the number of its argument, prints the outcome, and waits as open does.
func renumber(args []string) {
	fd, err := syscall.Open("/dev/kafkaio/socket.v1", syscall.O_RDWR, 0)
	check(err)
	fmt.Println(fdRenumber(int32(fd), int32(number(args[0]))))
	bufio.NewReader(os.Stdin).ReadString('\n')
}

// allocate holds this many MiB, and has written to every page of them.
func allocate(args []string) {
	var held [][]byte
	for range number(args[0]) {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4 << 10 {
			b[i] = 1
		}
		held = append(held, b)
	}
	fmt.Println(len(held), "MiB")
}

func dial(addr string) net.Conn {
	c, err := guest.Dial(context.Background(), "tcp", addr)
	check(err)
	return c
}

// check ends the program with the errno of err, if it has one.
func check(err error) {
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, err)
	var errno syscall.Errno
	if errors.As(err, &errno) {
		fmt.Fprintln(os.Stderr, "errno:", errno)
	}
	os.Exit(1)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	check(err)
	return n
}
