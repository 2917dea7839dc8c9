package ping

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// Options say which broker to reach, and how.
type Options struct {
	Addr      string                                    // "host:port" of a broker, or "host" for port 9092
	Timeout   time.Duration                             // of each step; 0 means kafkaio.DefaultTimeout
	IPVersion kafkaio.IPVersion                         // of the addresses that may be used
	Bridge    string                                    // ws:// or wss:// URL of one to go through, or empty
	Token     func(ctx context.Context) (string, error) // for the bridge; may be nil
	TLS       *tls.Config                               // nil: plaintext
	SASL      sasl.Mechanism                            // nil: none
	User      string                                    // of SASL
	Flags     []Flag                                    // of the command, that say all this; for what it advises to run
	OnStep    func(Step)                                // may be nil; is told each step once it was taken

	// ConnectTo says where brokers really are: from an address that is asked for or advertised to the one
	// to connect to. Both are as Address returns them. TLS wants the certificate of the former.
	ConnectTo map[string]string
	// SameServerName has TLS.ServerName be the name of every broker, not only of the one at Addr.
	SameServerName bool
	// Command is the one that pings, in what is advised to run. Empty: ping.
	Command string
}

func (o *Options) command() string { return cmp.Or(o.Command, "ping") }

// Address returns an address in the form that is the same for equal ones.
func Address(text string) (string, error) {
	host, port, err := hostport.Parse(text, kafkaio.DefaultPort)
	if err != nil {
		return "", err
	}
	return normalAddress(host, port), nil
}

func normalAddress(host string, port uint16) string {
	return net.JoinHostPort(hostport.Normal(host), strconv.Itoa(int(port)))
}

// Run tries the broker, then the brokers that its cluster advertises, and reports what it found. It fails
// with ErrMismatchArgument if the options make no sense. If ctx ends, Run returns its cause, and a report
// of the steps until then.
func Run(ctx context.Context, o Options) (*Report, error) {
	p := &pinger{options: o, timeout: o.Timeout}
	if p.timeout == 0 {
		p.timeout = kafkaio.DefaultTimeout
	}
	addr, err := ParseAddr(o.Addr, o.Flags)
	var host string
	var port uint16
	if err == nil {
		host, port, err = hostport.Parse(addr, kafkaio.DefaultPort)
	}
	if err != nil {
		return nil, &kafkaio.Error{Code: kafkaio.ErrMismatchArgument, Op: "dial", Addr: o.Addr, Err: err}
	}
	if o.Bridge != "" {
		p.throughBridge = &kafkaio.Dialer{Bridge: o.Bridge, Token: o.Token, Timeout: p.timeout, IPVersion: o.IPVersion}
	}
	p.report = newReport(net.JoinHostPort(host, strconv.Itoa(int(port))), o.Bridge)
	a := p.attempt(host, port)
	a.onStep = p.addStep
	defer a.leave()
	if !a.reach(ctx) || !p.explore(ctx, a) {
		p.report.Problems = append(p.report.Problems, a.failure.problem())
	}
	p.report.conclude()
	return p.report, context.Cause(ctx)
}

// ParseAddr returns the one address, "host:port" or "host", in text. Kafka's clients take lists; of a list
// the error says how to ping the first address, with flags.
func ParseAddr(text string, flags []Flag) (addr string, err error) {
	items := hostport.List(text)
	if len(items) == 0 {
		items = []string{""}
	}
	if _, _, err := hostport.Parse(items[0], kafkaio.DefaultPort); err != nil {
		return "", err
	}
	if len(items) > 1 {
		return "", fmt.Errorf("ping takes one broker, and finds the others itself: %s", Command("ping", items[0], flags, nil))
	}
	return items[0], nil
}

// A pinger is one run.
type pinger struct {
	options       Options
	timeout       time.Duration
	throughBridge *kafkaio.Dialer // whose connections share a WebSocket; nil without a bridge
	report        *Report
}

func (p *pinger) addStep(s Step) {
	p.report.Steps = append(p.report.Steps, s)
	if p.options.OnStep != nil {
		p.options.OnStep(s)
	}
}

// attempt returns an attempt that reports no steps.
func (p *pinger) attempt(host string, port uint16) *attempt {
	return &attempt{pinger: p, host: host, port: port, onStep: func(Step) {}}
}

// step returns the context of one step.
func (p *pinger) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, p.timeout, timeoutError(p.timeout))
}

// explore asks the broker of a for its cluster, and tries each broker in it.
func (p *pinger) explore(ctx context.Context, a *attempt) bool {
	if !a.askVersions(ctx) {
		return false
	}
	p.report.Kafka = kafkaVersion(a.versions)
	if !a.authenticate(ctx) {
		return false
	}
	brokers, ok := a.askMetadata(ctx)
	if !ok {
		return false
	}
	s := newClusterCheck(ctx, a, brokers)
	for _, b := range s.brokers {
		p.report.Brokers = append(p.report.Brokers, b.Broker)
	}
	p.report.Problems = s.problems()
	return true
}
