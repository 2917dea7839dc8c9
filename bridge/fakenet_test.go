package bridge

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// fakeNet resolves names from a table, and has a broker at every address.
type fakeNet struct {
	names     map[string][]string
	hangs     map[string]bool  // names that nobody ever resolves
	fail      map[string]error // by address
	blackHole map[string]bool  // addresses that answer no attempt
	mute      map[string]bool  // addresses whose broker takes connections and says nothing
	log       *slog.Logger

	mu       sync.Mutex
	cluster  []string // what brokers say when asked
	dialled  []string
	answers  int // number of questions that were answered
	brokers  sync.WaitGroup
	accepted []net.Conn
}

// targets returns the targets of a bridge in this network. The test may close the network earlier
// than it ends.
func (f *fakeNet) targets(t *testing.T, brokers ...string) *targets {
	t.Helper()
	return f.targetsOf(t, Config{Brokers: brokers})
}

// targetsOf is targets for a Config.
func (f *fakeNet) targetsOf(t *testing.T, c Config) *targets {
	t.Helper()
	if f.log == nil {
		f.log = slog.New(slog.DiscardHandler)
	}
	c.Dial = f.dial
	ts, err := newTargets(c, f.log)
	if err != nil {
		t.Fatal(err)
	}
	ts.dialer.lookup = f.lookup
	t.Cleanup(f.close)
	return ts
}

func (f *fakeNet) lookup(ctx context.Context, _, host string) (addrs []netip.Addr, err error) {
	if f.hangs[host] {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for _, a := range f.names[host] {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

func (f *fakeNet) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dialled = append(f.dialled, addr)
	if f.blackHole[addr] {
		f.mu.Unlock()
		defer f.mu.Lock()
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err := f.fail[addr]; err != nil {
		return nil, &net.OpError{Op: "dial", Err: err}
	}
	client, broker := net.Pipe()
	f.accepted = append(f.accepted, broker)
	f.brokers.Go(func() { f.serve(broker, f.mute[addr]) })
	return fakeConn{client, addr}, nil
}

// A fakeConn knows the address that was dialled.
type fakeConn struct {
	net.Conn
	addr string
}

func (c fakeConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.addr))
}

// serve answers what comes as a Metadata request.
func (f *fakeNet) serve(c net.Conn, mute bool) {
	for {
		var size [4]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		request := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(c, request); err != nil {
			return
		}
		if mute {
			continue
		}
		f.mu.Lock()
		body := metadata(f.cluster...)
		f.answers++
		f.mu.Unlock()
		frame := binary.BigEndian.AppendUint32(nil, uint32(4+len(body)))
		if _, err := c.Write(append(append(frame, request[4:8]...), body...)); err != nil {
			return
		}
	}
}

// metadata is the body of an answer that names these brokers.
func metadata(brokers ...string) []byte {
	response := kmsg.NewPtrMetadataResponse()
	response.Version = metadataVersion
	for i, b := range brokers {
		host, port, _ := net.SplitHostPort(b)
		n, _ := strconv.Atoi(port)
		response.Brokers = append(response.Brokers, kmsg.MetadataResponseBroker{NodeID: int32(i), Host: host, Port: int32(n)})
	}
	return response.AppendTo(nil)
}

// join has the cluster name further brokers from now on.
func (f *fakeNet) join(brokers ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cluster = append(f.cluster, brokers...)
}

// leaves has the cluster name a broker no longer.
func (f *fakeNet) leaves(broker string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cluster = slices.DeleteFunc(slices.Clone(f.cluster), func(b string) bool { return b == broker })
}

func (f *fakeNet) questions() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.answers
}

// attempts returns what was dialled since it was last called.
func (f *fakeNet) attempts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	dialled := f.dialled
	f.dialled = nil
	return dialled
}

func (f *fakeNet) close() {
	f.mu.Lock()
	accepted := f.accepted
	f.mu.Unlock()
	for _, c := range accepted {
		c.Close()
	}
	f.brokers.Wait()
}
