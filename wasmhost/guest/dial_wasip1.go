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

// device is the file that wasmhost turns into a new socket each time it is opened. The
// protocol is in wasmhost's package comment.
const device = "/dev/kafkaio/socket.v1"

// Dial connects to addr through the host, which resolves names and decides what may be
// dialled. The networks are tcp, tcp4 and tcp6. Dial returns as soon as ctx is done, and the
// host then gives up as well.
//
// An error is a *net.OpError. Underneath it has the host's explanation and, where there is
// one, a syscall.Errno (ECONNREFUSED, ETIMEDOUT, EACCES for what the host denies), or a
// *net.DNSError for a name without an address, or ctx's error.
func Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := dial(ctx, network, addr)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: parseAddr(network, addr), Err: err}
	}
	return c, nil
}

func dial(ctx context.Context, network, addr string) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	fd, err := syscall.Open(device, syscall.O_RDWR, 0)
	if err == syscall.EAGAIN {
		return nil, &cause{text: "the host gives this program no more sockets: close some first, or raise MaxSockets in the host", err: os.NewSyscallError("open", syscall.EMFILE)}
	}
	if err != nil {
		return nil, &cause{text: "this host gives programs no sockets, as kafkaio's wasmhost does", err: syscall.ENOSYS}
	}
	file := os.NewFile(uintptr(fd), device)
	request := strconv.Itoa(fd) + "\n" + network + "\n" + addr
	status, err := connect(ctx, file, request)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &conn{
		file:   file,
		local:  parseAddr(status.network, status.local),
		remote: parseAddr(status.network, status.remote),
	}, nil
}

// connect asks for a connection and waits until the host has dialled, or ctx is done.
func connect(ctx context.Context, file *os.File, request string) (record, error) {
	if _, err := file.WriteAt([]byte(request), 0); err != nil {
		return record{}, os.NewSyscallError("connect", errnoIn(err))
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return record{}, err
	}
	stop := context.AfterFunc(ctx, func() { file.SetWriteDeadline(time.Unix(1, 0)) })
	var status record
	waitErr := raw.Write(func(uintptr) (done bool) {
		status, err = readRecord(file, statusOffset)
		return !errors.Is(err, syscall.EAGAIN)
	})
	switch {
	case !stop():
		return record{}, ctx.Err()
	case waitErr != nil:
		return record{}, waitErr
	case err != nil:
		return record{}, err
	}
	return status, status.failure("connect")
}
