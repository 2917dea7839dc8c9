package core

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"sync"
	"time"
	"unicode"
)

// NewDebugTrace returns a Trace that logs to w. At level 1 it writes a line for each event. At level
// 2 it also dumps the frames' bytes: offset in the frame, hexadecimal, ASCII. Below 1 it returns nil.
// The levels are those of Perl's Kafka::IO. Each line is one Write; a long dump is written in pieces
// of about 32 KiB, of whole lines.
//
// The name appears in each line, unless it is empty. Give each connection a Trace and a name of its
// own: a Trace counts the offsets of one connection.
func NewDebugTrace(w io.Writer, name string, level int) *Trace {
	if level < 1 {
		return nil
	}
	if name != "" {
		name += ": "
	}
	l := &traceLog{w: w, name: name, dumps: level > 1}
	t := &Trace{Resolved: l.resolved, Connected: l.connected, Secured: l.secured, Frame: l.frame, Closed: l.closed}
	if l.dumps {
		t.Bytes = l.bytes
	}
	return t
}

type traceLog struct {
	w     io.Writer
	name  string
	dumps bool

	mu             sync.Mutex
	buf            []byte // for one Write
	sent, received int    // the next byte's offset in its frame
}

func (l *traceLog) line(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buf = time.Now().AppendFormat(l.buf[:0], "2006/01/02 15:04:05.000000 ")
	l.buf = append(append(l.buf, "kafkaio: "...), l.name...)
	l.buf = append(fmt.Appendf(l.buf, format, args...), '\n')
	l.w.Write(l.buf)
}

func (l *traceLog) resolved(host string, addrs []netip.Addr, d time.Duration, err error) {
	var texts []string
	for _, a := range addrs {
		texts = append(texts, a.String())
	}
	if len(texts) == 0 {
		texts = []string{"no address"}
	}
	l.line("%s has %s, after %v%s", host, strings.Join(texts, ", "), rounded(d), reason(err))
}

func (l *traceLog) connected(addr string, d time.Duration, err error) {
	what := "connected"
	if err != nil {
		what = "not connected"
	}
	l.line("%s to %s after %v%s", what, addr, rounded(d), reason(err))
}

func (l *traceLog) secured(d time.Duration, err error) {
	what := "secured"
	if err != nil {
		what = "not secured"
	}
	l.line("%s after %v%s", what, rounded(d), reason(err))
}

func (l *traceLog) closed(cause error) { l.line("closed%s", reason(cause)) }

// reason returns ": " and the text of err on one line, or "" for nil.
func reason(err error) string {
	if err == nil {
		return ""
	}
	return ": " + strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.TrimPrefix(err.Error(), "kafkaio: "))
}

func (l *traceLog) frame(f FrameInfo) {
	if f.Dark != nil {
		l.line("no more frames can be seen%s", reason(f.Dark))
		return
	}
	l.startDump(f.Out)
	direction := "received"
	if f.Out {
		direction = "sent"
	}
	var latency, withheld string
	if f.Latency > 0 {
		latency = fmt.Sprintf(", after %v", rounded(f.Latency))
	}
	if l.dumps && f.Withheld {
		withheld = ", not shown"
	}
	l.line("%s %s, %d bytes%s%s", direction, frameText(f), f.Size, latency, withheld)
}

func frameText(f FrameInfo) string {
	switch {
	case f.Token:
		return "a possible SASL token"
	case f.APIKey == UnknownAPI:
		return fmt.Sprintf("a response to an unknown request, id %d", f.CorrelationID)
	}
	api := fmt.Sprintf("API %d", f.APIKey)
	if name := APIName(f.APIKey); name != "" {
		api = fmt.Sprintf("%s (%d)", name, f.APIKey)
	}
	return fmt.Sprintf("%s v%d, id %d", api, f.APIVersion, f.CorrelationID)
}

func (l *traceLog) offset(out bool) *int {
	if out {
		return &l.sent
	}
	return &l.received
}

func (l *traceLog) startDump(out bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*l.offset(out) = 0
}

// dumpWrite is the size, in bytes, from which the rows of a dump are written. A long dump takes
// several Writes, so that it needs no more memory than this.
const dumpWrite = 32 << 10

func (l *traceLog) bytes(out bool, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	offset, arrow := l.offset(out), "< "
	if out {
		arrow = "> "
	}
	l.buf = l.buf[:0]
	for len(p) > 0 {
		row := p[:min(len(p), dumpRow)]
		l.buf = append(append(l.buf, l.name...), arrow...)
		l.buf = appendDumpRow(l.buf, *offset, row)
		*offset += len(row)
		if p = p[len(row):]; len(p) == 0 || len(l.buf) >= dumpWrite {
			l.w.Write(l.buf)
			l.buf = l.buf[:0]
		}
	}
}

// dumpRow is how many bytes a dump shows in a row.
const dumpRow = 16

// appendDumpRow appends a row in the form of "hexdump -C":
//
//	00000010  61 70 70 00 0a 6b 61 66  6b 61 2d 69 6f 00        |app..kafka-io.|
func appendDumpRow(b []byte, offset int, row []byte) []byte {
	const digits = "0123456789abcdef"
	b = fmt.Appendf(b, "%08x ", offset)
	for i := range dumpRow {
		if i%8 == 0 {
			b = append(b, ' ')
		}
		if i < len(row) {
			b = append(b, digits[row[i]>>4], digits[row[i]&0xf], ' ')
		} else {
			b = append(b, "   "...)
		}
	}
	b = append(b, " |"...)
	for _, c := range row {
		if c < ' ' || c > '~' {
			c = '.'
		}
		b = append(b, c)
	}
	return append(b, "|\n"...)
}
