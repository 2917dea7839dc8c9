package rpc

import (
	"fmt"
	"math"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/semaphore"

	"github.com/kafkaio/kafkaio/core"
)

// An Identity names a client to its broker. An empty field means its default.
type Identity struct {
	// ClientID names the program in the broker's logs, metrics and quotas. It has at most 32767
	// bytes, the limit of Kafka's strings. The default is "kafkaio".
	ClientID string
	// SoftwareName and SoftwareVersion name the client library in the broker's metrics (KIP-511).
	// Each consists of ASCII letters and digits, with "-" and "." between them. The defaults are
	// "kafkaio" and the version of this module.
	SoftwareName, SoftwareVersion string
}

// Identify sets the Identity of all requests on p. Call it before the first request. It fails with
// core.ErrMismatchArgument if a request was made already, or if a broker would refuse a name.
func Identify(p *core.Pipeline, i Identity) error {
	if n := len(i.ClientID); n > math.MaxInt16 {
		return fmt.Errorf("%w: a client ID of %d bytes, at most %d are possible", core.ErrMismatchArgument, n, math.MaxInt16)
	}
	for _, name := range []string{i.SoftwareName, i.SoftwareVersion} {
		if name != "" && !isSoftwareName(name) {
			return fmt.Errorf("%w: %q: letters, digits, and between them '-' and '.' were expected", core.ErrMismatchArgument, name)
		}
	}
	c := newClient(p, i)
	if p.Value(clientKey{}, func() any { return c }) != any(c) {
		return fmt.Errorf("%w: Identify was called after the first request", core.ErrMismatchArgument)
	}
	return nil
}

// isSoftwareName reports whether a broker accepts the name. It answers any other with INVALID_REQUEST.
func isSoftwareName(name string) bool {
	for i, r := range name {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		case (r == '-' || r == '.') && 0 < i && i < len(name)-1:
		default:
			return false
		}
	}
	return name != ""
}

// A client is this package's state of one Pipeline.
type client struct {
	pipeline  *core.Pipeline
	identity  Identity
	formatter *kmsg.RequestFormatter

	// gate is a read-write lock that honours contexts: a request takes one unit, Authenticate takes
	// all, so no request lands inside a SASL exchange.
	gate *semaphore.Weighted

	negotiating chan struct{} // holds a token while a caller asks for the broker's versions
	versions    atomic.Pointer[versions]

	start     time.Time
	throttled atomic.Int64 // when the throttling ends; nanoseconds after start
}

// wholeGate is the number of units of a gate: more than there can be requests.
const wholeGate = 1 << 30

type clientKey struct{}

func clientOf(p *core.Pipeline) *client {
	return p.Value(clientKey{}, func() any { return newClient(p, Identity{}) }).(*client)
}

func newClient(p *core.Pipeline, i Identity) *client {
	const name = "kafkaio"
	orElse := func(s *string, otherwise string) {
		if *s == "" {
			*s = otherwise
		}
	}
	orElse(&i.ClientID, name)
	orElse(&i.SoftwareName, name)
	orElse(&i.SoftwareVersion, moduleVersion())
	return &client{
		pipeline:    p,
		identity:    i,
		formatter:   kmsg.NewRequestFormatter(kmsg.FormatterClientID(i.ClientID)),
		gate:        semaphore.NewWeighted(wholeGate),
		negotiating: make(chan struct{}, 1),
		start:       time.Now(),
	}
}

// moduleVersion returns the version of this module in the running program, or "devel".
func moduleVersion() string {
	const path = "github.com/kafkaio/kafkaio"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			// Build metadata comes after a "+".
			if version, _, _ := strings.Cut(m.Version, "+"); m.Path == path && isSoftwareName(version) {
				return version
			}
		}
	}
	return "devel"
}

// introduce sets the software's name and version in an ApiVersions request, the only one with fields
// for them.
func (c *client) introduce(r *kmsg.ApiVersionsRequest) {
	if r.ClientSoftwareName == "" && r.ClientSoftwareVersion == "" {
		r.ClientSoftwareName, r.ClientSoftwareVersion = c.identity.SoftwareName, c.identity.SoftwareVersion
	}
}

// notSent returns the error of a request whose context ended before it was sent.
func (c *client) notSent(cause error) error {
	return &core.Error{Code: core.ErrCannotSend, Op: "send", Addr: c.pipeline.Addr(), Err: cause}
}
