package peer

import (
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/kafkaio/kafkaio/internal/test/conformance/pattern"
)

// maxScript bounds the line that a connection starts with, in bytes.
const maxScript = 1 << 10

// A script is what one connection runs.
type script struct {
	server *Server
	conn   net.Conn
	source pattern.Reader  // of what is sent
	check  pattern.Checker // of what is received
	sent   int64
	intact bool
	record *record // nil unless named
}

// A step takes its arguments, and returns an error to end the script.
type step struct {
	args int
	run  func(c *script, args []string) error
}

var steps map[string]step

func init() { // a literal would refer to itself: steps run scripts
	steps = map[string]step{
		"send":     {1, (*script).send},
		"messages": {2, (*script).messages},
		"hex":      {1, (*script).hex},
		"flood":    {0, (*script).flood},
		"recv":     {1, (*script).recv},
		"sink":     {0, (*script).sink},
		"duplex":   {1, (*script).duplex},
		"echo":     {0, (*script).echo},
		"drip":     {0, (*script).drip},
		"respond":  {1, (*script).respond},
		"take":     {1, (*script).take},
		"splice":   {1, (*script).splice},
		"pause":    {1, (*script).pause},
		"wait":     {1, (*script).wait},
		"open":     {1, (*script).open},
		"reset":    {0, (*script).reset},
		"hold":     {0, (*script).hold},
		"name":     {1, (*script).name},
		"report":   {1, (*script).report},
		"do":       {1, (*script).do},
	}
}

// serve runs the script of a connection. What is no script, such as the request of a Kafka
// client, gets the connection closed.
func (s *Server) serve(conn net.Conn) {
	line, err := readLine(conn)
	if err != nil {
		return
	}
	c := &script{server: s, conn: conn, intact: true}
	defer c.settle()
	for text := range strings.SplitSeq(line, ";") {
		words := strings.Fields(text)
		if len(words) == 0 {
			return
		}
		step, ok := steps[words[0]]
		if !ok || len(words)-1 != step.args {
			fmt.Fprintf(conn, "no such step: %q\n", text)
			return
		}
		if err := step.run(c, words[1:]); err != nil {
			return
		}
	}
}

// readLine reads no byte beyond the end of the line.
func readLine(conn net.Conn) (string, error) {
	line := make([]byte, 0, maxScript)
	for len(line) < cap(line) {
		b := line[len(line) : len(line)+1]
		if _, err := conn.Read(b); err != nil {
			return "", err
		}
		switch {
		case b[0] == '\n':
			return string(line), nil
		case b[0] < ' ' || b[0] > '~':
			return "", errors.New("not text")
		}
		line = line[:len(line)+1]
	}
	return "", errors.New("no end of line")
}

// settle makes known what the connection did, once.
func (c *script) settle() {
	if c.record == nil {
		return
	}
	c.record.sent, c.record.received, c.record.intact = c.sent, c.check.Offset(), c.intact
	c.record.settled.open()
	c.record = nil
}

// Read receives, and checks that it is the pattern.
func (c *script) Read(p []byte) (int, error) {
	n, err := c.conn.Read(p)
	if _, wrong := c.check.Write(p[:n]); wrong != nil {
		c.intact = false
		return n, wrong
	}
	return n, err
}

// Write sends.
func (c *script) Write(p []byte) (int, error) {
	n, err := c.conn.Write(p)
	c.sent += int64(n)
	return n, err
}
