package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// crowd makes round trips on many connections at once: crowd ECHO CONNECTIONS TRIPS FLOOD STUCK. Beside them FLOOD sends as
// fast as it can, and STUCK reads nothing until the write's deadline.
func crowd(args []string) {
	const patience = 5 * time.Minute // of a connection that has its turn
	flood, stuck := dial(args[3]), dial(args[4])
	var flooded atomic.Int64
	go func() {
		for b := make([]byte, 64<<10); ; {
			n, err := flood.Read(b)
			check(err)
			flooded.Add(int64(n))
		}
	}()
	check(stuck.SetWriteDeadline(time.Now().Add(time.Second)))
	for written := make([]byte, 64<<10); ; {
		if _, err := stuck.Write(written); err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				check(err)
			}
			break
		}
	}
	conns := make([]net.Conn, number(args[1]))
	for i := range conns {
		conns[i] = dial(args[0])
		check(conns[i].SetDeadline(time.Now().Add(patience)))
	}
	before := flooded.Load()
	var all sync.WaitGroup
	for i, c := range conns {
		all.Go(func() {
			sent := bytes.Repeat([]byte{byte(i)}, 4<<10)
			got := make([]byte, len(sent))
			for range number(args[2]) {
				_, err := c.Write(sent)
				check(err)
				_, err = io.ReadFull(c, got)
				check(err)
				if !bytes.Equal(sent, got) {
					check(errors.New("other bytes came back"))
				}
			}
		})
	}
	all.Wait()
	fmt.Println(len(conns), flooded.Load() > before)
}
