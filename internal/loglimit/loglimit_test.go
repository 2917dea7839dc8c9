package loglimit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// A recorder is a Handler that keeps each line as text.
type recorder struct {
	mu    sync.Mutex
	lines []string
}

func (r *recorder) logger() *slog.Logger {
	return slog.New(New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == slog.LevelKey {
			return slog.Attr{}
		}
		return a
	}})))
}

func (r *recorder) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, strings.TrimSpace(string(p)))
	return len(p), nil
}

// take returns the lines since it was last called.
func (r *recorder) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines = nil
	return lines
}

func mustHave(t *testing.T, lines []string, want int, last string) {
	t.Helper()
	if len(lines) != want || !strings.Contains(lines[len(lines)-1], last) {
		t.Errorf("%d lines, %d were expected with %q at the end:\n%s", len(lines), want, last, strings.Join(lines, "\n"))
	}
}

func TestOneClientsLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder
		log := r.logger()
		for i := range 100 { // in one request, say
			log.Info("denied", "identity", "ci", "remote", fmt.Sprint("192.0.2.1:", i), "resource", fmt.Sprint("topic t", i))
		}
		mustHave(t, r.take(), clientBurst, "t9")
		log.Info("denied", "identity", "ops", "resource", "topic t1")
		mustHave(t, r.take(), 1, "identity=ops")
		time.Sleep(tellEvery + time.Second)
		mustHave(t, r.take(), 1, "msg=denied omitted=90 clients=1 mostly=ci")
		log.Info("denied", "identity", "ci", "resource", "topic t50")
		mustHave(t, r.take(), 1, "t50")
		time.Sleep(time.Hour)
		mustHave(t, append(r.take(), ""), 1, "")
	})
}

// What was written is written again after a while, and only counted until then.
func TestRepeatedLinesAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r recorder
		log := r.logger().With("target", "broker:9092")
		for i := range 9 * 60 {
			log.Warn("no connection", "remote", fmt.Sprint("192.0.2.1:", i), "error", errors.New("refused"))
			time.Sleep(time.Second)
		}
		lines := r.take()
		told := 0
		for _, line := range lines[1:] {
			var n int
			if _, err := fmt.Sscanf(line, `msg="no connection" omitted=%d clients=1 mostly=192.0.2.1`, &n); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			told += n
		}
		if !strings.Contains(lines[0], "remote=192.0.2.1:0") || len(lines) > 1+9*60/10 || told < 9*60-1-10 {
			t.Errorf("%d lines tell of %d, the first is %s", len(lines), told, lines[0])
		}
		time.Sleep(tellEvery + repeatAfter)
		r.take()
		log.Warn("no connection", "remote", "192.0.2.1:1", "error", errors.New("refused"))
		mustHave(t, r.take(), 1, "remote=192.0.2.1:1")
	})
}

// However many clients there are, and whatever they say, what is written and kept is bounded.
func TestManyClients(t *testing.T) {
	const clients = 20 * maxClients
	synctest.Test(t, func(t *testing.T) {
		var r recorder
		h := New(slog.NewTextHandler(&r, nil)).(*handler)
		log := slog.New(h)
		for i := range clients {
			log.Warn("refused", "remote", fmt.Sprintf("[2001:db8:0:%x::1]:1", i), "reason", fmt.Sprint(i))
		}
		h.lines.mu.Lock()
		k := h.lines.kinds["refused"]
		if len(k.clients) > maxClients+1 || len(k.seen) > maxSeen {
			t.Errorf("%d clients and %d lines are kept", len(k.clients), len(k.seen))
		}
		h.lines.mu.Unlock()
		time.Sleep(tellEvery + time.Second)
		mustHave(t, r.take(), kindBurst+1, fmt.Sprintf("omitted=%d clients=%d mostly=others", clients-kindBurst, maxClients+1-kindBurst))
		time.Sleep(time.Hour)
		h.lines.mu.Lock()
		defer h.lines.mu.Unlock()
		if k.isTimed || len(k.clients) > 0 {
			t.Errorf("%d clients are kept after an hour", len(k.clients))
		}
	})
}

func TestEachMessageHasLinesOfItsOwn(t *testing.T) {
	var r recorder
	log := r.logger()
	for i := range 1000 {
		log.Warn("refused", "n", i)
		log.Debug("session opened")
	}
	if n := len(r.take()); n != clientBurst+1000 {
		t.Errorf("%d lines", n)
	}
	log.Info("denied")
	mustHave(t, r.take(), 1, "msg=denied")
}

func TestLongTextIsCut(t *testing.T) {
	var r recorder
	log := r.logger()
	long := strings.Repeat("ä", 20_000)
	log.With("a", long).Info("x", "b", long, "c", errors.New(long), "d", 1)
	lines := r.take()
	mustHave(t, lines, 1, "d=1")
	if n := len(lines[0]); n > 3*maxValue+100 || n < 3*(maxValue-utf8.UTFMax) || !utf8.ValidString(lines[0]) {
		t.Errorf("a line of %d bytes", n)
	}
}

func TestGroupsAndLevelsPass(t *testing.T) {
	var r recorder
	log := slog.New(New(slog.NewTextHandler(&r, nil)))
	log.WithGroup("g").With("a", 1).Info("x", "b", 2)
	mustHave(t, r.take(), 1, "g.a=1 g.b=2")
	if log.Enabled(context.Background(), slog.LevelDebug) {
		t.Error("debug is enabled")
	}
}

func TestAddressesOfOneClient(t *testing.T) {
	for remote, want := range map[string]string{
		"192.0.2.1:40000":              "192.0.2.1",
		"[::ffff:192.0.2.1]:40000":     "192.0.2.1",
		"[2001:db8:1:2:3:4:5:6]:40000": "2001:db8:1:2::/64",
		"[fe80::1%eth0]:40000":         "fe80::/64",
		"pipe":                         "pipe",
		"":                             "",
	} {
		if got := network(remote); got != want {
			t.Errorf("%q is of %q, want %q", remote, got, want)
		}
	}
}
