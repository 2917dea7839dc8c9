package main

import (
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"time"
)

// benchHostile shows what a server that is no broker, or that lies, costs each client, and what
// the client's user is told.
func benchHostile() ([]row, error) {
	var rows []row
	for _, answer := range []struct{ name, bytes, budget string }{
		{"an HTTP reply", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", ""},
		{"a TLS alert", "\x15\x03\x03\x00\x02\x02\x46", ""},
		{"length -1", "\xff\xff\xff\xff", ""},
		{"length 2 GiB", "\x7f\xff\xff\xff", ""},
		{"length 100 MiB, then ten bytes", "\x06\x40\x00\x00" + sameID + "\x00\x00\x00\x03\x00\x00", "< 1 MiB"},
	} {
		for i, c := range clients {
			allocated, told, err := provoke(c, answer.bytes)
			if err != nil {
				return rows, fmt.Errorf("%s: %s: %w", answer.name, c.name, err)
			}
			r := row{what: answer.name + ": " + c.name, value: fmt.Sprintf("%.3f MiB", float64(allocated)/(1<<20)), ratio: told}
			if i == 0 {
				r.budget = answer.budget
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// sameID stands for the correlation id of the request, so that the answer is waited for.
const sameID = "(id)"

// provoke has a client ask a server that answers whatever it gets with these bytes, and closes. It
// returns how many bytes this process allocated for it, and the client's error.
func provoke(c client, answer string) (allocated uint64, told string, err error) {
	addr, stop, err := listen(func(conn net.Conn) {
		request := make([]byte, 4<<10)
		if n, err := conn.Read(request); n < 12 || err != nil {
			return
		}
		io.WriteString(conn, strings.ReplaceAll(answer, sameID, string(request[8:12])))
		conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)) // so that what was sent isn't reset
		io.Copy(io.Discard, conn)
	})
	if err != nil {
		return 0, "", err
	}
	defer stop()
	ask, end, err := c.open(addr)
	if err != nil {
		return 0, "", err
	}
	defer end()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	failure := ask()
	runtime.ReadMemStats(&after)
	if failure == nil {
		return 0, "", fmt.Errorf("it took %q for an answer", answer)
	}
	return after.TotalAlloc - before.TotalAlloc, oneLine(failure.Error()), nil
}

func oneLine(s string) string {
	const most = 110
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
