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

// The offsets of a socket file's records, and their largest size; see wasmhost's ABI.md.
const (
	closeWriteOffset   = 1 << 16 // of what is written
	statusOffset       = 0
	readFailureOffset  = 1 << 16
	writeFailureOffset = 2 << 16
	maxRecord          = 1 << 16
)

// record is the outcome of a dial, or the reason why reading or writing failed.
type record struct {
	errno         syscall.Errno
	network       string
	local, remote string // addresses
	unknownHost   string // the name that has no address, if that is the reason
	text          string
}

// readRecord reads the record at offset. It fails with EAGAIN while the host dials. The record of a
// read or a write that has not failed is empty.
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

// failure returns the record's error, as that of the named system call, or nil for a success.
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

// cause is an error with the host's text, around the error that programs test for. It has a Timeout
// method because net.OpError asks only the error directly inside it.
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

// parseAddr returns a *net.TCPAddr or a *net.UDPAddr if s is an IP address with a port and network is of these. Otherwise
// it returns an address.
func parseAddr(network, s string) net.Addr {
	ap, err := netip.ParseAddrPort(s)
	switch {
	case err == nil && strings.HasPrefix(network, "tcp"):
		return net.TCPAddrFromAddrPort(ap)
	case err == nil && isUDP(network):
		return net.UDPAddrFromAddrPort(ap)
	}
	return address{network, s}
}

func isUDP(network string) bool { return strings.HasPrefix(network, "udp") }

// address is an address that only the host understands: a name with a port, or another network's.
type address struct{ network, text string }

func (a address) Network() string { return a.network }
func (a address) String() string  { return a.text }
