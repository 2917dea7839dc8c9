package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// echoBrokers listens on as many ports as its argument says, tells their addresses, and answers
// bytes with themselves.
func echoBrokers(args []string) (string, func(string) (string, error), error) {
	ports, err := strconv.Atoi(args[0])
	if err != nil {
		return "", nil, err
	}
	var addrs []string
	for range ports {
		addr, _, err := listen(echoBytes)
		if err != nil {
			return "", nil, err
		}
		addrs = append(addrs, addr)
	}
	return strings.Join(addrs, " "), nil, nil
}

func echoBytes(c net.Conn) {
	buf := make([]byte, 512)
	for {
		n, err := c.Read(buf)
		if err != nil {
			return
		}
		if _, err := c.Write(buf[:n]); err != nil {
			return
		}
	}
}

// responseBytes are what each connection of pouringBrokers sends first.
const responseBytes = 100 << 10

// pouringBrokers listens on one port and tells its address. "connections" is answered with how many
// there are. Each sends responseBytes after "respond", and for ever after "pour".
func pouringBrokers([]string) (string, func(string) (string, error), error) {
	var connections atomic.Int64
	respond, pour := make(chan struct{}), make(chan struct{})
	addr, _, err := listen(func(c net.Conn) {
		c.(*net.TCPConn).SetWriteBuffer(64 << 10) // a thousand of them fill the kernel's memory otherwise
		connections.Add(1)
		<-respond
		chunk := make([]byte, responseBytes)
		_, err := c.Write(chunk)
		<-pour
		for err == nil {
			_, err = c.Write(chunk)
		}
	})
	steps := map[string]func(){
		"respond": sync.OnceFunc(func() { close(respond) }),
		"pour":    sync.OnceFunc(func() { close(pour) }),
	}
	return addr, func(command string) (string, error) {
		if command == "connections" {
			return fmt.Sprint(connections.Load()), nil
		}
		step := steps[command]
		if step == nil {
			return "", fmt.Errorf("command %q is none of pouring brokers", command)
		}
		step()
		return "", nil
	}, err
}
