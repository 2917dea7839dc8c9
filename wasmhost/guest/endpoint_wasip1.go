package guest

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"
)

// endpoint is a socket file with a net.Conn's errors and addresses. The runtime polls the file, so
// deadlines and blocking calls come from package os.
type endpoint struct {
	file          *os.File
	local, remote net.Addr // remote is nil if datagrams come from anywhere
}

func newEndpoint(file *os.File, status record) endpoint {
	return endpoint{
		file:   file,
		local:  parseAddr(status.network, status.local),
		remote: parseAddr(status.network, status.remote),
	}
}

func (e *endpoint) Close() error { return e.plainError("close", e.file.Close()) }

func (e *endpoint) LocalAddr() net.Addr  { return e.local }
func (e *endpoint) RemoteAddr() net.Addr { return e.remote }

func (e *endpoint) SetDeadline(t time.Time) error {
	return e.setError(e.file.SetDeadline(t))
}

func (e *endpoint) SetReadDeadline(t time.Time) error {
	return e.setError(e.file.SetReadDeadline(t))
}

func (e *endpoint) SetWriteDeadline(t time.Time) error {
	return e.setError(e.file.SetWriteDeadline(t))
}

// setError returns the error of a deadline that could not be set. On a polled file the only reason is
// that it is closed; package os doesn't export the error for that.
func (e *endpoint) setError(err error) error {
	if err == nil {
		return nil
	}
	return e.wrap("set", net.ErrClosed)
}

// waitError is why a wait for a file ended: its deadline, or else its close.
func waitError(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return net.ErrClosed
}

// opError returns err in package net's form. For EIO it uses the reason in the record at offset.
func (e *endpoint) opError(op string, offset int64, err error) error {
	if errors.Is(err, syscall.EIO) {
		if r, recordErr := readRecord(e.file, offset); recordErr == nil {
			if failure := r.failure(op); failure != nil {
				return e.wrap(op, failure)
			}
		}
	}
	return e.plainError(op, err)
}

func (e *endpoint) plainError(op string, err error) error {
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
	return e.wrap(op, err)
}

func (e *endpoint) wrap(op string, err error) error {
	return &net.OpError{Op: op, Net: e.local.Network(), Source: e.local, Addr: e.remote, Err: err}
}
