package peer

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

const (
	// chunk is how many bytes send and duplex write at once.
	chunk = 64 << 10
	// stuck is how long flood waits for the other end to take another byte.
	stuck = 500 * time.Millisecond
)

func (c *script) send(args []string) error {
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(onlyWriter{c}, io.LimitReader(&c.source, n), make([]byte, chunk))
	return err
}

func (c *script) messages(args []string) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	for range n {
		if err := c.send(args[1:]); err != nil {
			return err
		}
	}
	return nil
}

func (c *script) hex(args []string) error {
	p, err := hex.DecodeString(args[0])
	if err != nil {
		return err
	}
	_, err = c.Write(p)
	return err
}

// flood counts what it sent, of which the last write may be a part.
func (c *script) flood([]string) error {
	p := make([]byte, chunk)
	for {
		c.source.Read(p)
		c.conn.SetWriteDeadline(time.Now().Add(stuck))
		if _, err := c.Write(p); err != nil {
			c.conn.SetWriteDeadline(time.Time{})
			if errors.Is(err, os.ErrDeadlineExceeded) {
				return nil
			}
			return err
		}
	}
}

func (c *script) recv(args []string) error {
	n, err := strconv.ParseInt(args[0], 10, 64)
	if err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, c, n)
	return err
}

func (c *script) sink([]string) error {
	_, err := io.CopyBuffer(onlyWriter{io.Discard}, c, make([]byte, chunk))
	return err
}

func (c *script) duplex(args []string) error {
	sent := make(chan error, 1)
	go func() { sent <- c.send(args) }()
	received := c.recv(args)
	if received != nil {
		c.conn.Close()
	}
	return errors.Join(received, <-sent)
}

func (c *script) echo([]string) error {
	_, err := io.Copy(c.conn, c.conn)
	return err
}

func (c *script) drip([]string) error {
	_, err := io.CopyBuffer(onlyWriter{c.conn}, onlyReader{c.conn}, make([]byte, 1))
	return err
}

// maxRequest bounds a request, in bytes.
const maxRequest = 1 << 20

func (c *script) respond(args []string) error {
	n, err := positive("respond", args[0])
	if err != nil {
		return err
	}
	answers := make([][]byte, n)
	for {
		for i := range answers {
			if answers[n-1-i], err = c.takeRequest(); err != nil {
				return err
			}
		}
		if _, err := c.conn.Write(bytes.Join(answers, nil)); err != nil {
			return err
		}
	}
}

func (c *script) take(args []string) error {
	n, err := positive("take", args[0])
	if err != nil {
		return err
	}
	for range n {
		if _, err := c.takeRequest(); err != nil {
			return err
		}
	}
	return nil
}

// positive returns the number that a step has for its argument.
func positive(step, arg string) (int, error) {
	n, err := strconv.Atoi(arg)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%s %s: a number above 0 was expected", step, arg)
	}
	return n, nil
}

// takeRequest returns the answer to the next request, which is as long as it but for its API key
// and version.
func (c *script) takeRequest() ([]byte, error) {
	const keyAndVersion, id = 4, 4
	var length [4]byte
	if _, err := io.ReadFull(c.conn, length[:]); err != nil {
		return nil, err
	}
	size := binary.BigEndian.Uint32(length[:])
	if size < keyAndVersion+id || size > maxRequest {
		return nil, fmt.Errorf("a request of %d bytes", size)
	}
	request := make([]byte, size)
	if _, err := io.ReadFull(c.conn, request); err != nil {
		return nil, err
	}
	answer := binary.BigEndian.AppendUint32(nil, size-keyAndVersion)
	return append(answer, request[keyAndVersion:]...), nil
}

func (c *script) pause(args []string) error {
	d, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	select {
	case <-time.After(d):
		return nil
	case <-c.server.done:
		return os.ErrClosed
	}
}

func (c *script) wait(args []string) error {
	return c.server.wait(named(c.server, c.server.gates, args[0], newGate))
}

func (c *script) open(args []string) error {
	named(c.server, c.server.gates, args[0], newGate).open()
	return nil
}

func (c *script) reset([]string) error {
	c.settle()
	tcp, ok := c.conn.(*net.TCPConn)
	if !ok {
		return errors.ErrUnsupported
	}
	if err := tcp.SetLinger(0); err != nil {
		return err
	}
	tcp.Close()
	return io.EOF
}

func (c *script) hold([]string) error {
	c.settle()
	<-c.server.done
	return os.ErrClosed
}

func (c *script) name(args []string) error {
	c.record = named(c.server, c.server.records, args[0], newRecord)
	return nil
}

func (c *script) report(args []string) error {
	r := named(c.server, c.server.records, args[0], newRecord)
	if err := c.server.wait(r.settled); err != nil {
		return err
	}
	_, err := io.WriteString(c.conn, r.String())
	return err
}

func (c *script) do(args []string) error {
	hook, ok := c.server.hooks[args[0]]
	if !ok {
		return fmt.Errorf("no hook %q", args[0])
	}
	hook()
	return nil
}

// onlyReader and onlyWriter keep io.Copy from its short cuts.
type onlyReader struct{ io.Reader }
type onlyWriter struct{ io.Writer }
