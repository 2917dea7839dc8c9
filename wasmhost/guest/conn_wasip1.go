package guest

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"
)

// conn is a socket file with the errors and addresses of a net.Conn. The file is one that
// the runtime polls, and so has the rest.
type conn struct {
	file          *os.File
	local, remote net.Addr
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.file.Read(p)
	if err != nil && err != io.EOF {
		err = c.opError("read", readFailureOffset, err)
	}
	return n, err
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.file.Write(p)
	if err != nil {
		err = c.opError("write", writeFailureOffset, err)
	}
	return n, err
}

func (c *conn) Close() error { return c.plainError("close", c.file.Close()) }

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(t time.Time) error {
	return c.setError(c.file.SetDeadline(t))
}

func (c *conn) SetReadDeadline(t time.Time) error {
	return c.setError(c.file.SetReadDeadline(t))
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	return c.setError(c.file.SetWriteDeadline(t))
}

// setError is the error of a deadline that could not be set. A file that is polled has only one
// reason, which package os doesn't export: it is closed.
func (c *conn) setError(err error) error {
	if err == nil {
		return nil
	}
	return c.wrap("set", net.ErrClosed)
}

// opError gives err as package net would. WASI's EIO stands for what the record at offset
// tells.
func (c *conn) opError(op string, offset int64, err error) error {
	if errors.Is(err, syscall.EIO) {
		if r, recordErr := readRecord(c.file, offset); recordErr == nil {
			if failure := r.failure(op); failure != nil {
				return c.wrap(op, failure)
			}
		}
	}
	return c.plainError(op, err)
}

func (c *conn) plainError(op string, err error) error {
	if err == nil {
		return nil
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	if errors.Is(err, os.ErrClosed) {
		err = net.ErrClosed
	}
	return c.wrap(op, err)
}

func (c *conn) wrap(op string, err error) error {
	return &net.OpError{Op: op, Net: c.remote.Network(), Source: c.local, Addr: c.remote, Err: err}
}
