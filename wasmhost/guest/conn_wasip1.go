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

// conn is a socket file with a net.Conn's errors and addresses. The runtime polls the file, so
// deadlines and blocking calls come from package os.
type conn struct {
	file          *os.File
	local, remote net.Addr
}

func newConn(file *os.File, status record) *conn {
	return &conn{
		file:   file,
		local:  parseAddr(status.network, status.local),
		remote: parseAddr(status.network, status.remote),
	}
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

// CloseWrite ends the connection in the direction of the peer, which reads the end after the bytes written. It fails
// with syscall.ENOTSUP if the host's connection can't do that.
func (c *conn) CloseWrite() error {
	_, err := c.file.WriteAt([]byte{1}, closeWriteOffset)
	return c.plainError("close", err)
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

// setError returns the error of a deadline that could not be set. On a polled file the only reason is
// that it is closed; package os doesn't export the error for that.
func (c *conn) setError(err error) error {
	if err == nil {
		return nil
	}
	return c.wrap("set", net.ErrClosed)
}

// opError returns err in package net's form. For EIO it uses the reason in the record at offset.
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
