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

// An attempt is the way to one broker, as far as it went.
type attempt struct {
	*pinger
	host   string
	port   uint16
	onStep func(Step) // is told each step
	probe  bool       // it is to find out what another attempt met, and is followed by none

	addrs         []netip.Addr   // of the host; through a bridge, only the one that it connected to
	local, remote netip.Addr     // of the connection; none through a bridge
	conn          net.Conn       // the connection, once there is one
	peeked        *peekedConn    // over it, once it is secured
	kafka         *core.Pipeline // over that
	versions      *kmsg.ApiVersionsResponse
	failure       *failure // why it ended
}

func (v *attempt) address() string { return net.JoinHostPort(v.host, strconv.Itoa(int(v.port))) }

// reach connects, and secures the connection. The caller calls leave.
func (v *attempt) reach(ctx context.Context) bool {
	return v.dial(ctx) && v.secure(ctx)
}

func (v *attempt) leave() {
	switch {
	case v.kafka != nil:
		v.kafka.Close()
	case v.conn != nil:
		v.conn.Close()
	}
}

// fail ends the attempt. Where ctx has ended nobody is to blame.
func (v *attempt) fail(ctx context.Context, f *failure, took time.Duration) bool {
	if ctx.Err() != nil {
		f = interrupted(f.step, f.reason)
	}
	v.failure = f
	v.onStep(Step{Name: f.step, Milliseconds: milliseconds(took), Detail: f.outcome, Error: f.reason})
	return false
}

func (v *attempt) done(step string, took time.Duration, detail string) {
	v.onStep(Step{Name: step, OK: true, Milliseconds: milliseconds(took), Detail: detail})
}

// dial looks up the name and connects.
func (v *attempt) dial(ctx context.Context) bool {
	started := time.Now()
	dialer := v.throughBridge
	var resolving error
	if dialer == nil {
		dialer = &kafkaio.Dialer{Timeout: v.timeout, IPVersion: v.options.IPVersion, Trace: &core.Trace{
			Resolved: func(_ string, addrs []netip.Addr, took time.Duration, err error) {
				v.addrs, resolving = addrs, err
				if err == nil {
					v.done(Resolve, took, addressList(addrs))
					started = time.Now()
				}
			},
		}}
	}
	address, host := v.address(), v.host
	to, isElsewhere := v.connectTo()
	if isElsewhere {
		address = to
		host, _, _ = net.SplitHostPort(to)
	}
	if a, err := netip.ParseAddr(host); err == nil {
		v.addrs = []netip.Addr{a.Unmap()}
	}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	took := time.Since(started)
	if err != nil {
		f := v.explainDial(err, resolving)
		if isElsewhere {
			f.code, f.text, f.fix = "connect-to", fmt.Sprintf("%s is not reached at %s, where --connect-to has it: %s.", v.address(), to, f.reason), nil
			f.advice = "Check the address after the =."
		}
		return v.fail(ctx, f, took)
	}
	v.conn = conn
	detail := clean(conn.RemoteAddr().String(), mostText)
	if isElsewhere {
		detail += ", by --connect-to"
	}
	if v.throughBridge == nil {
		v.local, v.remote = addrOf(conn.LocalAddr()), addrOf(conn.RemoteAddr())
	} else {
		if a := addrOf(conn.RemoteAddr()); a.IsValid() {
			v.addrs = []netip.Addr{a}
		}
		detail += ", through the bridge"
	}
	v.done(Connect, took, detail)
	return true
}

// connectTo is where the options have the broker, if not at its address.
func (v *attempt) connectTo() (address string, ok bool) {
	address, ok = v.options.ConnectTo[normalAddress(v.host, v.port)]
	return address, ok
}

// addrOf is without the port.
func addrOf(a net.Addr) netip.Addr {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{} // a name, where a bridge tells no more
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
