package guest

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Listen has the host accept connections at addr, "host:port", for the program. network is "tcp", "tcp4" or "tcp6". The
// listener is as that of package net, and has its method SetDeadline. The errors are as those of [Dial].
func Listen(ctx context.Context, network, addr string) (net.Listener, error) {
	l, err := listen(ctx, network, addr)
	if err != nil {
		return nil, &net.OpError{Op: "listen", Net: network, Addr: parseAddr(network, addr), Err: err}
	}
	return l, nil
}

func listen(ctx context.Context, network, addr string) (*listener, error) {
	file, fd, status, err := ask(ctx, "listen "+network, addr)
	if err != nil {
		return nil, err
	}
	return &listener{file: file, fd: fd, addr: parseAddr(status.network, status.local)}, nil
}

// A listener is a socket file that is readable while a connection waits.
type listener struct {
	file *os.File
	fd   int
	addr net.Addr
}

func (l *listener) Accept() (net.Conn, error) {
	c, err := l.accept()
	if err != nil {
		return nil, l.wrap("accept", err)
	}
	return c, nil
}

func (l *listener) accept() (*conn, error) {
	raw, err := l.file.SyscallConn()
	if err != nil {
		return nil, err
	}
	file, fd, err := openSocket(context.Background())
	if err != nil {
		return nil, err
	}
	text := []byte(strconv.Itoa(fd) + "\naccept\n" + strconv.Itoa(l.fd))
	waitErr := raw.Read(func(uintptr) (done bool) {
		_, err = file.WriteAt(text, 0)
		return !errors.Is(err, syscall.EAGAIN)
	})
	if errors.Is(err, syscall.EIO) {
		if r, recordErr := readRecord(l.file, readFailureOffset); recordErr == nil {
			err = r.failure("accept")
		}
	}
	if waitErr != nil {
		err = waitError(waitErr)
	}
	if err == nil {
		var status record
		if status, err = awaitStatus(context.Background(), file); err == nil {
			return newConn(file, status), nil
		}
	}
	file.Close()
	return nil, err
}

func (l *listener) Close() error {
	if err := l.file.Close(); err != nil {
		return l.wrap("close", net.ErrClosed)
	}
	return nil
}

func (l *listener) Addr() net.Addr { return l.addr }

// SetDeadline bounds the wait of Accept.
func (l *listener) SetDeadline(t time.Time) error {
	if err := l.file.SetReadDeadline(t); err != nil {
		return l.wrap("set", net.ErrClosed)
	}
	return nil
}

func (l *listener) wrap(op string, err error) error {
	return &net.OpError{Op: op, Net: l.addr.Network(), Addr: l.addr, Err: err}
}
