package wasmhost

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

// The offsets at which a guest writes to a socket file; see ABI.md.
const (
	requestOffset    = 0
	closeWriteOffset = 1 << 16
)

// The offsets of a socket file's records.
const (
	statusOffset       = 0
	readFailureOffset  = 1 << 16
	writeFailureOffset = 2 << 16
)

// maxRequest bounds a request, in bytes: a domain name has at most 253 (RFC 1035), the
// path of a Unix socket 108.
const maxRequest = 1024

// maxText bounds each text in a record, in bytes, so that a guest reads the whole record.
const maxText = 1024

// request is what a guest asks a socket to be.
type request struct {
	fd            int32 // the socket's descriptor in poll_oneoff
	network, addr string
}

// parseRequest parses a guest's "fd\nnetwork\naddr".
func parseRequest(p []byte) (request, experimentalsys.Errno) {
	if len(p) > maxRequest {
		return request{}, experimentalsys.ENAMETOOLONG
	}
	fields := strings.SplitN(string(p), "\n", 3)
	if len(fields) != 3 {
		return request{}, experimentalsys.EINVAL
	}
	fd, err := strconv.ParseUint(fields[0], 10, 31)
	if err != nil {
		return request{}, experimentalsys.EINVAL
	}
	return request{fd: int32(fd), network: fields[1], addr: fields[2]}, 0
}

// record is the outcome of a dial, or the reason why reading or writing failed. Without errno and text
// it is a success.
type record struct {
	errno         wasiErrno
	network       string
	local, remote string // addresses
	unknownHost   string // the name that has no address, if that is the reason
	text          string
}

// encode returns the record as the guest reads it: a line for each field, text last. The fields come
// from outside, such as a Dial's error, so encode bounds each and removes line breaks.
func (r record) encode() []byte {
	return fmt.Appendf(nil, "%d\n%s\n%s\n%s\n%s\n%s", r.errno, line(r.network), line(r.local),
		line(r.remote), line(r.unknownHost), bounded(r.text))
}

// line returns s as bounded does, without line breaks.
func line(s string) string { return strings.ReplaceAll(bounded(s), "\n", " ") }

// bounded returns the first maxText bytes of s, in valid UTF-8.
func bounded(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "") // drops a character that was cut
	}
	return s
}

// connected describes an open connection.
func connected(c net.Conn) record {
	var r record
	if a := c.LocalAddr(); !isNil(a) {
		r.network, r.local = a.Network(), a.String()
	}
	if a := c.RemoteAddr(); !isNil(a) {
		r.network, r.remote = a.Network(), a.String()
	}
	return r
}

// listensAt describes what receives connections or datagrams at an address.
func listensAt(a net.Addr) record {
	if isNil(a) {
		return record{}
	}
	return record{network: a.Network(), local: a.String()}
}

// failure describes err, without the operation and addresses, which the guest adds itself.
func failure(err error) record {
	if op, ok := err.(*net.OpError); ok && op.Err != nil {
		err = op.Err
	}
	r := record{errno: errnoOf(err), text: err.Error()}
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		r.unknownHost, r.text = dns.Name, dns.Err
	}
	if r.text == "" {
		r.text = "failed"
	}
	return r
}
