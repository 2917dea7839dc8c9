package wasmhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	experimentalsys "github.com/tetratelabs/wazero/experimental/sys"
)

func TestParseRequest(t *testing.T) {
	for _, test := range []struct {
		in    string
		want  request
		errno experimentalsys.Errno
	}{
		{"4\ntcp\nbroker:9092", request{4, "tcp", "broker:9092"}, 0},
		{"2147483647\nunix\n/a\nb", request{1<<31 - 1, "unix", "/a\nb"}, 0},
		{"0\n\n", request{}, 0},
		{"", request{}, experimentalsys.EINVAL},
		{"4", request{}, experimentalsys.EINVAL},
		{"4\ntcp", request{}, experimentalsys.EINVAL},
		{"-1\ntcp\nbroker:9092", request{}, experimentalsys.EINVAL},
		{"2147483648\ntcp\nbroker:9092", request{}, experimentalsys.EINVAL},
		{"x\ntcp\nbroker:9092", request{}, experimentalsys.EINVAL},
		{"4\ntcp\n" + strings.Repeat("x", maxRequest), request{}, experimentalsys.ENAMETOOLONG},
	} {
		if got, errno := parseRequest([]byte(test.in)); got != test.want || errno != test.errno {
			t.Errorf("%.40q gives %+v, %v", test.in, got, errno)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte("4\ntcp\nbroker:9092"))
	f.Add([]byte("-1\n\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, errno := parseRequest(b)
		if errno == 0 && (r.fd < 0 || len(r.network)+len(r.addr) > maxRequest) {
			t.Errorf("%q gives %+v", b, r)
		}
	})
}

func TestErrnoSaysWhatTheErrorSays(t *testing.T) {
	for _, test := range []struct {
		err  error
		want wasiErrno
	}{
		{&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}, wasiECONNREFUSED},
		{fmt.Errorf("tunnel: %w", syscall.ECONNRESET), wasiECONNRESET},
		{syscall.EPIPE, wasiEPIPE},
		{syscall.ENOTDIR, wasiSuccess}, // of a file, not a connection
		{context.DeadlineExceeded, wasiETIMEDOUT},
		{os.ErrDeadlineExceeded, wasiETIMEDOUT},
		{&net.DNSError{IsTimeout: true}, wasiETIMEDOUT},
		{&net.DNSError{IsNotFound: true}, wasiSuccess},
		{fs.ErrPermission, wasiEACCES},
		{&net.AddrError{Err: "no suitable address found", Addr: "::1"}, wasiEAFNOSUPPORT},
		{&net.AddrError{Err: "missing port in address", Addr: "::1"}, wasiSuccess},
		{net.ErrClosed, wasiEPIPE},
		{io.ErrClosedPipe, wasiEPIPE},
		{errors.New("anything"), wasiSuccess},
	} {
		if got := errnoOf(test.err); got != test.want {
			t.Errorf("%v is errno %d, want %d", test.err, got, test.want)
		}
	}
}

func TestFailureIsBoundedText(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("\u00e9", maxText), "\xff\n\xff"} {
		got, ok := strings.CutPrefix(string(failure(errors.New(text)).encode()), "0\n\n\n\n\n")
		if !ok || got == "" || len(got) > maxText || !utf8.ValidString(got) {
			t.Errorf("%.20q becomes %.20q of %d bytes", text, got, len(got))
		}
	}
}

// hostileAddr is an address with text from outside. A guest splits a record into lines, and reads at most
// 64 KiB of it.
var hostileAddr = strings.Repeat("\u00e9", 64<<10) + "\xff\n"

func TestFieldsOfARecordAreBoundedText(t *testing.T) {
	connection := &stubborn{addr: &address{hostileAddr, "\xff\n\xff"}}
	for _, r := range []record{connected(connection), failure(&net.DNSError{Err: "no such host", IsNotFound: true, Name: hostileAddr})} {
		b := r.encode()
		if len(b) > 6*maxText || !utf8.Valid(b) || strings.Count(string(b), "\n") != 5 {
			t.Errorf("%.40q has %d bytes and %d lines", b, len(b), 1+strings.Count(string(b), "\n"))
		}
	}
}

func TestRecordKeepsItsLinesApart(t *testing.T) {
	got := record{errno: 14, network: "unix", local: "@", remote: "/a\nb", text: "two\nlines"}.encode()
	if string(got) != "14\nunix\n@\n/a b\n\ntwo\nlines" {
		t.Errorf("got %q", got)
	}
}
