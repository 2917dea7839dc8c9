package ping

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/brokertls"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// A visit is the way to one broker, as far as it went.
type visit struct {
	*pinger
	host   string
	port   uint16
	onStep func(Step) // is told each step
	probe  bool       // it is to find out what another visit met: none comes of it

	addrs         []netip.Addr   // of the host; through a bridge, only the one that it connected to
	local, remote netip.Addr     // of the connection; none through a bridge
	conn          net.Conn       // the connection, once there is one
	certificate   certificate    // of the client
	head          *head          // over it, once it is secured
	kafka         *core.Pipeline // over that
	versions      *kmsg.ApiVersionsResponse
	failure       *failure // why it ended
}

func (v *visit) address() string { return net.JoinHostPort(v.host, strconv.Itoa(int(v.port))) }

// reach connects, and secures the connection. The caller calls leave.
func (v *visit) reach(ctx context.Context) bool {
	return v.dial(ctx) && v.secure(ctx)
}

func (v *visit) leave() {
	switch {
	case v.kafka != nil:
		v.kafka.Close()
	case v.conn != nil:
		v.conn.Close()
	}
}

// fail ends the visit.
func (v *visit) fail(f *failure, took time.Duration) bool {
	v.failure = f
	v.onStep(Step{Name: f.step, Milliseconds: milliseconds(took), Detail: f.outcome, Error: f.reason})
	return false
}

func (v *visit) done(step string, took time.Duration, detail string) {
	v.onStep(Step{Name: step, OK: true, Milliseconds: milliseconds(took), Detail: detail})
}

// dial looks up the name and connects.
func (v *visit) dial(ctx context.Context) bool {
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
	if a, err := netip.ParseAddr(v.host); err == nil {
		v.addrs = []netip.Addr{a.Unmap()}
	}
	conn, err := dialer.DialContext(ctx, "tcp", v.address())
	took := time.Since(started)
	if err != nil {
		return v.fail(v.explainDial(err, resolving), took)
	}
	v.conn = conn
	detail := clean(conn.RemoteAddr().String(), mostText)
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

// secure puts TLS on the connection, where it is asked for.
func (v *visit) secure(ctx context.Context) bool {
	secured := v.conn
	if v.options.TLS != nil {
		started := time.Now()
		stepCtx, cancel := v.step(ctx)
		defer cancel()
		var err error
		secured, err = brokertls.New(v.tlsConfig())(stepCtx, v.conn, v.host)
		took := time.Since(started)
		if err != nil {
			return v.fail(v.explainTLS(ctx, err), took)
		}
		v.done(TLS, took, v.describeTLS(secured))
	}
	v.head = &head{Conn: secured}
	return true
}

// A certificate is how the broker was answered that asked for the client's.
type certificate struct {
	asked, given bool
	unsuitable   error // why none was given, where there is one
}

// tlsConfig is that of this connection: the name that is to be in the broker's certificate is that
// of the broker that was asked for, and no other's.
func (v *visit) tlsConfig() *tls.Config {
	c := v.options.TLS.Clone()
	if v.address() != v.report.Target {
		c.ServerName = ""
	}
	c.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		v.certificate.asked = true
		for i := range c.Certificates {
			if v.certificate.unsuitable = info.SupportsCertificate(&c.Certificates[i]); v.certificate.unsuitable == nil {
				v.certificate.given = true
				return &c.Certificates[i], nil
			}
		}
		return new(tls.Certificate), nil
	}
	return c
}

// describeTLS tells the version, and until when the certificate is valid.
func (v *visit) describeTLS(c net.Conn) string {
	stated, ok := c.(interface{ ConnectionState() tls.ConnectionState })
	if !ok {
		return ""
	}
	state := stated.ConnectionState()
	text := tls.VersionName(state.Version)
	switch {
	case v.options.TLS.InsecureSkipVerify:
		text += ", the certificate is not checked"
	case len(state.PeerCertificates) > 0:
		text += ", certificate valid until " + state.PeerCertificates[0].NotAfter.Format(time.DateOnly)
	}
	return text
}

// maxAnswer bounds what a broker may answer, in bytes: 10,000 brokers are a third of it. What
// decodes it may make a hundred times as much of it.
const maxAnswer = 1 << 20

// askVersions asks what the broker can do, which brokers answer to everyone.
func (v *visit) askVersions(ctx context.Context) bool {
	conn := core.NewConn(v.head, core.Options{Addr: v.address(), MaxFrame: maxAnswer})
	v.kafka = core.NewPipeline(conn, core.PipelineOptions{MaxInFlight: 1, StallTimeout: core.NoTimeout})
	started := time.Now()
	stepCtx, cancel := v.step(ctx)
	defer cancel()
	versions, err := rpc.Versions(stepCtx, v.kafka)
	took := time.Since(started)
	if err != nil {
		return v.fail(v.explainFirstAnswer(ctx, err), took)
	}
	v.versions = versions
	if !v.serves(kmsg.Metadata) {
		return v.fail(v.noMetadata(), took)
	}
	detail := "speaks Kafka's protocol"
	if version := kafkaVersion(v.versions); version != "" {
		detail = "looks like Kafka " + version
	}
	v.done(APIVersions, took, detail)
	return true
}

// serves reports whether the broker has an API.
func (v *visit) serves(key kmsg.Key) bool {
	for _, k := range v.versions.ApiKeys {
		if k.ApiKey == key.Int16() {
			return true
		}
	}
	return false
}
