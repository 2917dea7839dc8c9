package ping

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
)

// An attempt connects to one broker, and keeps how far it got.
type attempt struct {
	*pinger
	host   string
	port   uint16
	onStep func(Step) // gets each step
	probe  bool       // explains the failure of another attempt; starts no probes of its own

	addrs         []netip.Addr   // of the host; through a bridge, only the one that it connected to
	local, remote netip.Addr     // of the connection; none through a bridge
	conn          net.Conn       // set once connected
	peeked        *peekedConn    // over conn, once TLS is done
	kafka         *core.Pipeline // over peeked
	versions      *kmsg.ApiVersionsResponse
	failure       *failure // why it ended
}

func (a *attempt) address() string { return net.JoinHostPort(a.host, strconv.Itoa(int(a.port))) }

// reach connects, and secures the connection. The caller calls leave.
func (a *attempt) reach(ctx context.Context) bool {
	return a.dial(ctx) && a.secure(ctx)
}

func (a *attempt) leave() {
	switch {
	case a.kafka != nil:
		a.kafka.Close()
	case a.conn != nil:
		a.conn.Close()
	}
}

// fail ends the attempt with f. If ctx has ended, the attempt was interrupted, whatever f says.
func (a *attempt) fail(ctx context.Context, f *failure, took time.Duration) bool {
	if ctx.Err() != nil {
		f = interrupted(f.step, f.reason)
	}
	a.failure = f
	a.onStep(Step{Name: f.step, Milliseconds: milliseconds(took), Detail: f.outcome, Error: f.reason})
	return false
}

func (a *attempt) done(step string, took time.Duration, detail string) {
	a.onStep(Step{Name: step, OK: true, Milliseconds: milliseconds(took), Detail: detail})
}

// dial looks up the name and connects.
func (a *attempt) dial(ctx context.Context) bool {
	started := time.Now()
	dialer := a.throughBridge
	var resolving error
	if dialer == nil {
		dialer = &kafkaio.Dialer{Timeout: a.timeout, IPVersion: a.options.IPVersion, Trace: &core.Trace{
			Resolved: func(_ string, addrs []netip.Addr, took time.Duration, err error) {
				a.addrs, resolving = addrs, err
				if err == nil {
					a.done(Resolve, took, addressList(addrs))
					started = time.Now()
				}
			},
		}}
	}
	address, host := a.address(), a.host
	to, isElsewhere := a.connectTo()
	if isElsewhere {
		address = to
		host, _, _ = net.SplitHostPort(to)
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		a.addrs = []netip.Addr{addr.Unmap()}
	}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	took := time.Since(started)
	if err != nil {
		f := a.explainDial(err, resolving)
		if isElsewhere {
			f.code, f.text, f.fix = "connect-to", fmt.Sprintf("%s is not reached at %s, where --connect-to has it: %s.", a.address(), to, f.reason), nil
			f.advice = "Check the address after the =."
		}
		return a.fail(ctx, f, took)
	}
	a.conn = conn
	detail := clean(conn.RemoteAddr().String(), mostText)
	if isElsewhere {
		detail += ", by --connect-to"
	}
	if a.throughBridge == nil {
		a.local, a.remote = addrOf(conn.LocalAddr()), addrOf(conn.RemoteAddr())
	} else {
		if addr := addrOf(conn.RemoteAddr()); addr.IsValid() {
			a.addrs = []netip.Addr{addr}
		}
		detail += ", through the bridge"
	}
	a.done(Connect, took, detail)
	return true
}

// connectTo is where the options have the broker, if not at its address.
func (a *attempt) connectTo() (address string, ok bool) {
	address, ok = a.options.ConnectTo[normalAddress(a.host, a.port)]
	return address, ok
}

// addrOf is without the port.
func addrOf(a net.Addr) netip.Addr {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{} // a name: the bridge did not say more
	}
	return ap.Addr().Unmap()
}

func addressList(addrs []netip.Addr) string {
	var texts []string
	for _, a := range addrs {
		texts = append(texts, a.String())
	}
	return list(texts)
}
