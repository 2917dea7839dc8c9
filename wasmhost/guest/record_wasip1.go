package guest

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Where a socket file keeps its records, and how far apart; see wasmhost's package comment.
const (
	statusOffset       = 0
	readFailureOffset  = 1 << 16
	writeFailureOffset = 2 << 16
	maxRecord          = 1 << 16
)

// record is what the host tells of a dial, or of why reading or writing failed.
type record struct {
	errno         syscall.Errno
	network       string
	local, remote string // addresses
	unknownHost   string // the name that has no address, if that is why
	text          string
}

// readRecord reads the record at offset: empty if there is nothing to tell, EAGAIN while
// the host does not know.
func readRecord(file *os.File, offset int64) (record, error) {
	b, err := io.ReadAll(io.NewSectionReader(file, offset, maxRecord))
	if err != nil {
		return record{}, err
	}
	return parseRecord(string(b))
}

func parseRecord(s string) (record, error) {
	if s == "" {
		return record{}, nil
	}
	fields := strings.SplitN(s, "\n", 6)
	if len(fields) != 6 {
		return record{}, syscall.EPROTO
	}
	errno, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return record{}, syscall.EPROTO
	}
	return record{
		errno:       syscall.Errno(errno),
		network:     fields[1],
		local:       fields[2],
		remote:      fields[3],
		unknownHost: fields[4],
		text:        fields[5],
	}, nil
}

// failure returns what the record says went wrong in the named system call, or nil.
func (r record) failure(call string) error {
	switch {
	case r.errno == 0 && r.text == "":
		return nil
	case r.unknownHost != "":
		return &net.DNSError{Err: r.text, Name: r.unknownHost, IsNotFound: true}
	case r.errno == 0:
		return errors.New(r.text)
	}
	return &cause{text: r.text, err: os.NewSyscallError(call, r.errno)}
}

// cause is an error in the host's words around the error that programs look for. It has
// Timeout because net.OpError asks only what it holds directly.
type cause struct {
	text string
	err  error
}

func (e *cause) Error() string { return e.text }
func (e *cause) Unwrap() error { return e.err }
func (e *cause) Timeout() bool { return errnoIn(e.err).Timeout() }

// errnoIn returns the number underneath err, or EIO.
func errnoIn(err error) syscall.Errno {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return syscall.EIO
}

// parseAddr returns the type that package net has for a TCP address, where it is one.
func parseAddr(network, s string) net.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil && strings.HasPrefix(network, "tcp") {
		return net.TCPAddrFromAddrPort(ap)
	}
	return address{network, s}
}

// address is one that only the host understands: a name with a port, or of another network.
type address struct{ network, text string }

func (a address) Network() string { return a.network }
func (a address) String() string  { return a.text }
