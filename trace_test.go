//go:build !wasm

package kafkaio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// anEcho is a frame that is a request, and, sent back, its own response.
func anEcho() []byte {
	b := binary.BigEndian.AppendUint32(nil, 13)
	b = append(b, 0, 18, 0, 3) // ApiVersions, version 3: that is the correlation id as well
	b = append(b, 0, 18, 0, 3)
	return append(b, "\x00\x03app"...)
}

// A diary has a line for each call of a Trace, without durations.
type diary struct {
	mu    sync.Mutex
	lines []string
	bytes map[bool]string
}

func (d *diary) add(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *diary) want(t *testing.T, lines ...string) {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.lines, lines) {
		t.Errorf("told\n\t%s\nwant\n\t%s", strings.Join(d.lines, "\n\t"), strings.Join(lines, "\n\t"))
	}
}

func (d *diary) trace() *core.Trace {
	d.bytes = map[bool]string{}
	return &core.Trace{
		Resolved: func(host string, addrs []netip.Addr, _ time.Duration, err error) {
			d.add("resolved %s %v: %v", host, addrs, err)
		},
		Connected: func(addr string, _ time.Duration, err error) { d.add("connected %s: %v", addr, err) },
		Secured:   func(_ time.Duration, err error) { d.add("secured: %v", err) },
		Bytes: func(out bool, p []byte) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.bytes[out] += string(p)
		},
		Frame: func(f core.FrameInfo) {
			d.add("frame %t %d v%d #%d %d: %v", f.Out, f.APIKey, f.APIVersion, f.CorrelationID, f.Size, f.Dark)
		},
		Closed: func(cause error) { d.add("closed: %v", cause) },
	}
}

// resolving makes f look up names.
func resolving(t *testing.T, f func(ctx context.Context, network, host string) ([]netip.Addr, error)) {
	before := lookup
	t.Cleanup(func() { lookup = before })
	lookup = f
}

func TestTraceTellsTheStepsOfDialling(t *testing.T) {
	addr := testnet.Serve(t, testnet.Echo)
	_, port, _ := net.SplitHostPort(addr)
	unreachable := errors.New("no such host")
	resolving(t, func(_ context.Context, _, host string) ([]netip.Addr, error) {
		if host == "nowhere.example" {
			return nil, unreachable
		}
		return []netip.Addr{netip.MustParseAddr("::ffff:127.0.0.1")}, nil
	})
	untrusted := errors.New("untrusted")
	for _, test := range []struct {
		name   string
		addr   string
		change func(*Dialer)
		want   []string
	}{
		{"a name", "broker.example:" + port, nil, []string{
			"resolved broker.example [127.0.0.1]: <nil>", "connected " + addr + ": <nil>", "closed: <nil>",
		}},
		{"an address", addr, nil, []string{"connected " + addr + ": <nil>", "closed: <nil>"}},
		{"no such name", "nowhere.example", nil, []string{"resolved nowhere.example []: no such host"}},
		{"no address of the IP version", "broker.example", func(d *Dialer) { d.IPVersion = IPv6 }, []string{
			"resolved broker.example [127.0.0.1]: broker.example has no IPv6 address",
		}},
		{"NetDial", "broker.example:9092", func(d *Dialer) {
			d.NetDial = func(ctx context.Context, _, _ string) (net.Conn, error) { return dialTCP(ctx, "tcp", addr) }
		}, []string{"connected " + addr + ": <nil>", "closed: <nil>"}},
		{"NetDial that fails", "broker.example", func(d *Dialer) {
			d.NetDial = func(context.Context, string, string) (net.Conn, error) { return nil, untrusted }
		}, []string{"connected broker.example:9092: NetDial: untrusted"}},
		{"Secure", addr, func(d *Dialer) {
			d.Secure = func(_ context.Context, c net.Conn, _ string) (net.Conn, error) { return c, nil }
		}, []string{"connected " + addr + ": <nil>", "secured: <nil>", "closed: <nil>"}},
		{"Secure that fails", addr, func(d *Dialer) {
			d.Secure = func(context.Context, net.Conn, string) (net.Conn, error) { return nil, untrusted }
		}, []string{"connected " + addr + ": <nil>", "secured: untrusted"}},
		{"a bad argument", "", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var conn, netConn diary
			for _, way := range []struct {
				diary *diary
				dial  func(*Dialer) (io.Closer, error)
			}{
				{&conn, func(d *Dialer) (io.Closer, error) { return d.Dial(t.Context(), test.addr) }},
				{&netConn, func(d *Dialer) (io.Closer, error) { return d.DialContext(t.Context(), "tcp", test.addr) }},
			} {
				d := &Dialer{Trace: way.diary.trace()}
				if test.change != nil {
					test.change(d)
				}
				if c, err := way.dial(d); err == nil {
					c.Close()
				}
				way.diary.want(t, test.want...)
			}
		})
	}
}

func TestTraceTellsWhyThereIsNoConnection(t *testing.T) {
	addr := testnet.ClosedPort(t)
	var d diary
	_, err := (&Dialer{Trace: d.trace()}).Dial(t.Context(), addr)
	if !errors.Is(err, ErrCannotBind) {
		t.Fatalf("dial: %v", err)
	}
	d.want(t, "connected "+addr+": "+addr+": connection refused")
}

// A connection whose traffic no Trace wants is not wrapped.
func TestDialContextWrapsOnlyWhatIsTraced(t *testing.T) {
	addr := testnet.Serve(t, testnet.Echo)
	for _, test := range []struct {
		name  string
		trace *core.Trace
		plain bool
	}{
		{"no Trace", nil, true},
		{"a Trace of dialling", &core.Trace{Connected: func(string, time.Duration, error) {}}, true},
		{"Frame", &core.Trace{Frame: func(core.FrameInfo) {}}, false},
		{"Bytes", &core.Trace{Bytes: func(bool, []byte) {}}, false},
		{"Closed", &core.Trace{Closed: func(error) {}}, false},
	} {
		c, err := (&Dialer{Trace: test.trace}).DialContext(t.Context(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		c.Close()
		if _, plain := c.(*net.TCPConn); plain != test.plain {
			t.Errorf("%s: it is a %T", test.name, c)
		}
	}
}

func TestTracedNetConnTellsFrames(t *testing.T) {
	var d diary
	c, err := (&Dialer{Trace: d.trace()}).DialContext(t.Context(), "tcp", testnet.Serve(t, testnet.Echo))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := c.Write(anEcho()); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, len(anEcho()))); err != nil {
			t.Fatal(err)
		}
	}
	c.Close()
	c.Close()
	d.want(t, "connected "+c.RemoteAddr().String()+": <nil>",
		"frame true 18 v3 #1179651 17: <nil>", "frame false 18 v3 #1179651 17: <nil>",
		"frame true 18 v3 #1179651 17: <nil>", "frame false 18 v3 #1179651 17: <nil>",
		"closed: <nil>")
	if want := string(anEcho()) + string(anEcho()); d.bytes[true] != want || d.bytes[false] != want {
		t.Errorf("shown %q and %q, want %q both ways", d.bytes[true], d.bytes[false], want)
	}
}

// fakeConn has a test's Read and Write.
type fakeConn struct {
	net.Conn
	read, write func(p []byte) (int, error)
}

func (c fakeConn) Read(p []byte) (int, error)  { return c.read(p) }
func (c fakeConn) Write(p []byte) (int, error) { return c.write(p) }
func (c fakeConn) Close() error                { return nil }

func TestTracedNetConnTellsOnceWhatEndedIt(t *testing.T) {
	broken := errors.New("broken pipe")
	failing := func(err error) func([]byte) (int, error) {
		return func([]byte) (int, error) { return 0, err }
	}
	for _, test := range []struct {
		name  string
		conn  fakeConn
		use   func(c net.Conn)
		cause string
	}{
		{"Close", fakeConn{}, func(c net.Conn) { c.Close() }, "<nil>"},
		{"the peer", fakeConn{read: failing(io.EOF)}, func(c net.Conn) { c.Read(nil) }, "EOF"},
		{"a Write that fails", fakeConn{write: failing(broken)}, func(c net.Conn) { c.Write(nil) }, "broken pipe"},
		{"Close, and then a Read", fakeConn{read: failing(net.ErrClosed)}, func(c net.Conn) {
			c.Close()
			c.Read(nil)
		}, "<nil>"},
		{"Close after a deadline", fakeConn{read: failing(os.ErrDeadlineExceeded)}, func(c net.Conn) {
			c.Read(nil)
			c.Close()
		}, "<nil>"},
	} {
		var d diary
		trace := d.trace()
		trace.Frame = nil
		c := TraceConn(test.conn, trace)
		test.use(c)
		c.Close()
		d.want(t, "closed: "+test.cause)
	}
}

// After a short Write the Scanner has seen bytes that did not pass, so it must go dark.
func TestTracedNetConnGoesDarkWhenAWriteIsCutShort(t *testing.T) {
	var d diary
	c := TraceConn(fakeConn{write: func(p []byte) (int, error) { return len(p) / 2, os.ErrDeadlineExceeded }}, d.trace())
	c.Write(anEcho())
	c.Write(anEcho()[8:])
	d.want(t, "frame true 18 v3 #1179651 17: <nil>", "frame true 0 v0 #0 0: 8 of 17 bytes were written")
}

func TestNothingIsToldAfterTheEnd(t *testing.T) {
	var d diary
	c := TraceConn(fakeConn{
		read:  func([]byte) (int, error) { return 0, io.EOF },
		write: func(p []byte) (int, error) { return len(p), nil },
	}, d.trace())
	c.Read(make([]byte, 1))
	c.Write(anEcho())
	d.want(t, "closed: EOF")
}

// The Dialer's Trace and the environment's log get the same calls.
func TestBothTracesAreTold(t *testing.T) {
	for _, level := range []int{1, 2} {
		var d, all diary
		log := all.trace()
		if level == 1 {
			log.Bytes = nil
		}
		both := bothTraces(d.trace(), log)
		both.Resolved("broker", nil, 0, nil)
		both.Connected("broker:9092", 0, nil)
		both.Secured(0, nil)
		both.Frame(core.FrameInfo{Size: 4})
		both.Bytes(true, []byte("bytes"))
		both.Closed(io.EOF)
		want := []string{
			"resolved broker []: <nil>", "connected broker:9092: <nil>", "secured: <nil>",
			"frame false 0 v0 #0 4: <nil>", "closed: EOF",
		}
		d.want(t, want...)
		all.want(t, want...)
		if d.bytes[true] != "bytes" || (level == 2) != (all.bytes[true] == "bytes") {
			t.Errorf("level %d: shown %q and %q", level, d.bytes[true], all.bytes[true])
		}
	}
	log := new(diary).trace()
	if bothTraces(nil, log) != log {
		t.Error("a log by itself is wrapped")
	}
	both := bothTraces(&core.Trace{}, log)
	both.Resolved("", nil, 0, nil)
	both.Connected("", 0, nil)
	both.Secured(0, nil)
	both.Frame(core.FrameInfo{})
	both.Bytes(false, nil)
	both.Closed(nil)
}
