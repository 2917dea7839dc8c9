package ping

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// Options say what to reach, and how.
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
}

// Run does all of it. The error is that of options that make no sense, ErrMismatchArgument, or of
// ctx, whose end ends it; what was found out until then is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	p := &pinger{options: o, timeout: o.Timeout}
	if p.timeout == 0 {
		p.timeout = kafkaio.DefaultTimeout
	}
	host, port, err := parseOne(o.Addr)
	if err != nil {
		return nil, &kafkaio.Error{Code: kafkaio.ErrMismatchArgument, Op: "dial", Addr: o.Addr, Err: err}
	}
	if o.Bridge != "" {
		p.throughBridge = &kafkaio.Dialer{Bridge: o.Bridge, Token: o.Token, Timeout: p.timeout, IPVersion: o.IPVersion}
	}
	p.report = newReport(net.JoinHostPort(host, strconv.Itoa(int(port))), o.Bridge)
	v := p.visit(host, port)
	v.onStep = p.addStep
	defer v.leave()
	if !v.reach(ctx) || !p.explore(ctx, v) {
		p.report.Problems = append(p.report.Problems, v.failure.problem())
	}
	p.report.conclude()
	return p.report, context.Cause(ctx)
}

// parseOne is hostport.Parse that knows the lists which Kafka's clients take.
func parseOne(addr string) (host string, port uint16, err error) {
	items := strings.FieldsFunc(addr, func(r rune) bool { return r == ',' || r == ' ' })
	if len(items) > 1 && strings.Contains(addr, ",") {
		for i := range items {
			items[i] = clean(items[i], mostName)
		}
		return "", 0, fmt.Errorf("ping takes one address, and this is a list of %d, %s: ping each; any one finds the other brokers of its cluster", len(items), list(items))
	}
	return hostport.Parse(addr, kafkaio.DefaultPort)
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

// visit is one of which nothing is told.
func (p *pinger) visit(host string, port uint16) *visit {
	return &visit{pinger: p, host: host, port: port, onStep: func(Step) {}}
}

// step bounds one step.
func (p *pinger) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, p.timeout, timeoutError(p.timeout))
}

// explore asks the broker that was reached for its cluster, and tries all of that.
func (p *pinger) explore(ctx context.Context, v *visit) bool {
	if !v.askVersions(ctx) {
		return false
	}
	p.report.Kafka = kafkaVersion(v.versions)
	if !v.authenticate(ctx) {
		return false
	}
	brokers, ok := v.askMetadata(ctx)
	if !ok {
		return false
	}
	s := newSurvey(ctx, v, brokers)
	for _, b := range s.brokers {
		p.report.Brokers = append(p.report.Brokers, b.Broker)
	}
	p.report.Problems = s.problems()
	return true
}
