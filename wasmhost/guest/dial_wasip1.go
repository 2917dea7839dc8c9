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

// device is wasmhost's socket file: each open makes a new socket. wasmhost's ABI.md has the
// protocol.
const device = "/dev/kafkaio/socket.v1"

// Dial connects to addr, "host:port", through the host, which looks up names and decides what the
// program may connect to. network is "tcp", "tcp4", "tcp6", "udp", "udp4" or "udp6". Dial returns as soon
// as ctx ends, and the host then ends its own dial.
//
// A connection of TCP has a method CloseWrite() error, which ends it in one direction, as a *net.TCPConn's
// does. One of UDP is a net.PacketConn, too; see [ListenPacket].
//
// The error is a *net.OpError with the host's explanation as its text. Underneath is a syscall.Errno
// if one fits, such as ECONNREFUSED, ETIMEDOUT, EACCES if the host refuses, EMFILE if the program has
// too many sockets, or ENOSYS on another host than wasmhost. For a name without an address it is a
// *net.DNSError. If ctx ended, it is ctx's error.
func Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := dial(ctx, network, addr)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: parseAddr(network, addr), Err: err}
	}
	return c, nil
}

func dial(ctx context.Context, network, addr string) (net.Conn, error) {
	file, _, status, err := ask(ctx, network, addr)
	switch {
	case err != nil:
		return nil, err
	case isUDP(network):
		return newPacketConn(file, status, true)
	}
	return newConn(file, status), nil
}

// ask opens a socket and asks the host to make it a connection or a listener.
func ask(ctx context.Context, network, addr string) (file *os.File, fd int, status record, err error) {
	file, fd, err = openSocket(ctx)
	if err != nil {
		return nil, 0, record{}, err
	}
	if status, err = request(ctx, file, fd, network, addr); err != nil {
		file.Close()
	}
	return file, fd, status, err
}

// openSocket opens a new socket.
func openSocket(ctx context.Context) (file *os.File, fd int, err error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	fd, err = syscall.Open(device, syscall.O_RDWR, 0)
	if err == syscall.EAGAIN {
		return nil, 0, &cause{text: "the host gives this program no more sockets: close some first, or raise MaxSockets in the host", err: os.NewSyscallError("open", syscall.EMFILE)}
	}
	if err != nil {
		return nil, 0, &cause{text: "this host gives programs no sockets, as kafkaio's wasmhost does", err: syscall.ENOSYS}
	}
	return os.NewFile(uintptr(fd), device), fd, nil
}

// request asks the host for a connection or a listener, and waits for the outcome or the end of ctx.
func request(ctx context.Context, file *os.File, fd int, network, addr string) (record, error) {
	if _, err := file.WriteAt([]byte(strconv.Itoa(fd)+"\n"+network+"\n"+addr), 0); err != nil {
		return record{}, os.NewSyscallError("connect", errnoIn(err))
	}
	return awaitStatus(ctx, file)
}

// awaitStatus waits for the outcome of a request, or the end of ctx.
func awaitStatus(ctx context.Context, file *os.File) (record, error) {
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
