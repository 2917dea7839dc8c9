//go:build !js

package kafkaio

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kafkaio/kafkaio/core"
)

// traceOf returns the trace of a connection to addr: the Dialer's, the log that the environment
// switches on, both in one, or nil.
func (d *Dialer) traceOf(addr string) *Trace {
	level := debugLevel()
	if level == 0 {
		return d.Trace
	}
	name := strings.TrimSpace(fmt.Sprintf("%s #%d", addr, logged.Add(1)))
	return bothTraces(d.Trace, core.NewDebugTrace(os.Stderr, name, level))
}

// logged counts the logged connections. The number tells those with the same address apart.
var logged atomic.Int64

// bothTraces returns a trace that calls a, which may be nil, and then log. All fields of log are set,
// except perhaps Bytes.
func bothTraces(a, log *Trace) *Trace {
	if a == nil {
		return log
	}
	both := *log
	if a.Resolved != nil {
		both.Resolved = func(host string, addrs []netip.Addr, d time.Duration, err error) {
			a.Resolved(host, addrs, d, err)
			log.Resolved(host, addrs, d, err)
		}
	}
	if a.Connected != nil {
		both.Connected = func(addr string, d time.Duration, err error) {
			a.Connected(addr, d, err)
			log.Connected(addr, d, err)
		}
	}
	if a.Secured != nil {
		both.Secured = func(d time.Duration, err error) {
			a.Secured(d, err)
			log.Secured(d, err)
		}
	}
	if a.Frame != nil {
		both.Frame = func(f FrameInfo) {
			a.Frame(f)
			log.Frame(f)
		}
	}
	if a.Closed != nil {
		both.Closed = func(cause error) {
			a.Closed(cause)
			log.Closed(cause)
		}
	}
	switch {
	case log.Bytes == nil:
		both.Bytes = a.Bytes
	case a.Bytes != nil:
		both.Bytes = func(out bool, p []byte) {
			a.Bytes(out, p)
			log.Bytes(out, p)
		}
	}
	return &both
}

// debugLevel returns the log level that the environment sets. It is read once, at the first dial.
var debugLevel = sync.OnceValue(func() int {
	level, complaints := debugLevelOf(os.Getenv)
	for _, c := range complaints {
		fmt.Fprintln(os.Stderr, c)
	}
	return level
})

// debugLevelOf returns the log level that an environment sets, and a complaint for each variable that
// is invalid.
func debugLevelOf(getenv func(string) string) (level int, complaints []string) {
	for _, name := range []string{"KAFKAIO_DEBUG", "PERL_KAFKA_DEBUG"} {
		value := getenv(name)
		if value == "" {
			continue
		}
		level, err := parseDebug(value)
		if err == nil {
			return level, complaints
		}
		complaints = append(complaints, fmt.Sprintf("kafkaio: %s=%q is ignored: %v", name, value, err))
	}
	return 0, complaints
}

// otherLayers are the layers of Perl's Kafka package that have no log here.
var otherLayers = []string{"Connection", "Consumer", "Producer", "Message", "Protocol", "Int64", "Exceptions"}

// parseDebug returns the level of this layer, "IO", in a value such as "1" or "IO:2,Connection:1". A
// level without a name is for all layers that the value doesn't name.
func parseDebug(value string) (level int, err error) {
	ofAll, ofIO := 0, -1
	for item := range strings.SplitSeq(value, ",") {
		item = strings.ReplaceAll(item, " ", "")
		layer, text, named := strings.Cut(item, ":")
		if !named {
			text = item
		}
		n, err := strconv.Atoi(text)
		switch {
		case err != nil || n < 0 || n > 2:
			return 0, fmt.Errorf("%q is no level: 0, 1 or 2 was expected", text)
		case !named:
			ofAll = n
		case layer == "IO":
			ofIO = n
		case !slices.Contains(otherLayers, layer):
			return 0, fmt.Errorf("there is no layer %q: IO was expected", layer)
		}
	}
	if ofIO >= 0 {
		return ofIO, nil
	}
	return ofAll, nil
}
