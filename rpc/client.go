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

// An Identity is what a broker is told of its client. Fields that are empty are as if Identify
// wasn't called.
type Identity struct {
	// ClientID names the program, in the broker's logs, metrics and quotas, in at most 32767 bytes:
	// "kafkaio".
	ClientID string
	// SoftwareName and SoftwareVersion name the client library, in the broker's metrics (KIP-511):
	// "kafkaio", and the version of this module. Both are of letters, digits, and between those
	// "-" and ".".
	SoftwareName, SoftwareVersion string
}

// Identify says who makes the requests on p, and has to be called before the first of them. It
// fails with core.ErrMismatchArgument if it is called later, or if a broker would refuse a name.
func Identify(p *core.Pipeline, i Identity) error {
	if n := len(i.ClientID); n > math.MaxInt16 {
		return fmt.Errorf("%w: a client id of %d bytes", core.ErrMismatchArgument, n)
	}
	for _, name := range []string{i.SoftwareName, i.SoftwareVersion} {
		if name != "" && !isSoftwareName(name) {
			return fmt.Errorf("%w: %q: letters, digits, and between them '-' and '.' were expected", core.ErrMismatchArgument, name)
		}
	}
	c := newClient(p, i)
	if p.Value(clientKey{}, func() any { return c }) != any(c) {
		return fmt.Errorf("%w: Identify comes after the first request", core.ErrMismatchArgument)
	}
	return nil
}

// isSoftwareName reports whether a broker takes the name: it answers others with INVALID_REQUEST.
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

// A client is what belongs to one Pipeline.
type client struct {
	pipeline  *core.Pipeline
	identity  Identity
	formatter *kmsg.RequestFormatter

	// uses has a request take one, and an authentication all, which must not have others between
	// its requests.
	gate *semaphore.Weighted

	negotiating chan struct{} // holds a token while somebody does
	versions    atomic.Pointer[versions]

	start     time.Time
	throttled atomic.Int64 // until when, after start, in nanoseconds
}

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

// moduleVersion is that of this module in the program that runs.
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

// introduce tells an ApiVersions request what is sent nowhere else.
func (c *client) introduce(r *kmsg.ApiVersionsRequest) {
	if r.ClientSoftwareName == "" && r.ClientSoftwareVersion == "" {
		r.ClientSoftwareName, r.ClientSoftwareVersion = c.identity.SoftwareName, c.identity.SoftwareVersion
	}
}

// notSent is the error of a request whose context ended before it was sent.
func (c *client) notSent(cause error) error {
	return &core.Error{Code: core.ErrCannotSend, Op: "send", Addr: c.pipeline.Addr(), Err: cause}
}
