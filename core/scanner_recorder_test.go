package core

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
)

// A recorder has a line for each call of a Trace's Frame, and the bytes of the calls of Bytes.
type recorder struct {
	lines []string
	shown []string // of each frame
	last  map[bool]int
}

func (r *recorder) trace() *Trace {
	r.last = map[bool]int{}
	return &Trace{
		Frame: func(f FrameInfo) {
			r.last[f.Out] = len(r.lines)
			r.lines = append(r.lines, frameLine(f))
			r.shown = append(r.shown, "")
		},
		Bytes: func(out bool, p []byte) { r.shown[r.last[out]] += string(p) },
	}
}

func frameLine(f FrameInfo) string {
	line := "<"
	if f.Out {
		line = ">"
	}
	if f.Dark != nil {
		return line + " dark: " + f.Dark.Error()
	}
	line += fmt.Sprintf(" %d v%d #%d %d", f.APIKey, f.APIVersion, f.CorrelationID, f.Size)
	if f.Withheld {
		line += " withheld"
	}
	if f.Token {
		line += " token"
	}
	return line
}

// scanAll passes the passages through a Scanner, each in pieces of the sizes that cut returns.
func scanAll(passages []passage, cut func(left int) int) *recorder {
	r := new(recorder)
	s := NewScanner(r.trace())
	for _, p := range passages {
		for rest := []byte(p.bytes); len(rest) > 0; {
			n := cut(len(rest))
			if p.out {
				s.Sent(rest[:n])
			} else {
				s.Received(rest[:n])
			}
			clear(rest[:n]) // it is the Scanner's during the call only
			rest = rest[n:]
		}
	}
	return r
}

func whole(left int) int { return left }

// A frame is shown whole, or not at all.
func checkShown(t *testing.T, r *recorder, passages []passage) {
	t.Helper()
	all := map[bool]string{}
	for _, p := range passages {
		all[p.out] += p.bytes
	}
	for i, line := range r.lines {
		out := line[0] == '>'
		if strings.Contains(line, "dark") {
			continue
		}
		n := 4 + int(binary.BigEndian.Uint32([]byte(all[out])))
		passed := all[out][:n]
		all[out] = all[out][n:]
		if strings.Contains(line, "withheld") {
			passed = ""
		}
		if r.shown[i] != passed {
			t.Errorf("%s: %q was shown, not %q", line, r.shown[i], passed)
		}
	}
}
