// Package loglimit bounds the log lines that clients can provoke, so that they fill no disk.
//
// Of lines that say the same of the same client it writes one in ten minutes. Of others it writes the first ones at
// once, and then one a second: for each client, and for all clients together. It counts the rest, and tells in a line
// with the same message how many it left out.
package loglimit

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net/netip"
	"slices"
	"unicode/utf8"
)

// Of these attributes a client's name is taken: its identity, or else the host of its address, whose port changes.
const (
	identityKey = "identity"
	remoteKey   = "remote"
)

// maxValue is the most bytes of a text in a line.
const maxValue = 300

// A handler is a slog.Handler that lets a bounded number of lines through.
type handler struct {
	next  slog.Handler
	lines *lines
	with  []slog.Attr // those that next has already
}

// New returns a Handler that passes a bounded number of lines on to next. It doesn't bound those below
// slog.LevelInfo: who asks for these wants all.
func New(next slog.Handler) slog.Handler {
	return &handler{next: next, lines: &lines{to: next, kinds: make(map[string]*kind)}}
}

// Enabled implements slog.Handler.
func (h *handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

// Handle implements slog.Handler.
func (h *handler) Handle(ctx context.Context, r slog.Record) error {
	short := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	attrs := slices.Clone(h.with)
	r.Attrs(func(a slog.Attr) bool {
		a = shortened(a)
		attrs = append(attrs, a)
		short.AddAttrs(a)
		return true
	})
	if r.Level >= slog.LevelInfo {
		client, what := subject(attrs)
		if !h.lines.allow(r.Level, r.Message, client, what) {
			return nil
		}
	}
	return h.next.Handle(ctx, short)
}

// WithAttrs implements slog.Handler.
func (h *handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	attrs = slices.Clone(attrs)
	for i, a := range attrs {
		attrs[i] = shortened(a)
	}
	return &handler{h.next.WithAttrs(attrs), h.lines, slices.Concat(h.with, attrs)}
}

// WithGroup implements slog.Handler.
func (h *handler) WithGroup(name string) slog.Handler {
	return &handler{h.next.WithGroup(name), h.lines, h.with}
}

var seed = maphash.MakeSeed()

// subject returns the client that a line is about, and what stands for the rest of its attributes.
func subject(attrs []slog.Attr) (client string, what uint64) {
	var rest maphash.Hash
	rest.SetSeed(seed)
	remote := ""
	for _, a := range attrs {
		switch a.Key {
		case identityKey:
			client = a.Value.String()
		case remoteKey:
			remote = a.Value.String()
		default:
			rest.WriteString(a.Key)
			rest.WriteByte(0)
			rest.WriteString(a.Value.String())
			rest.WriteByte(0)
		}
	}
	if client == "" {
		client = network(remote)
	}
	return client, rest.Sum64()
}

// network returns what one client has of addresses: with IPv6 the /64, within which it can choose.
func network(remote string) string {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	addr := at.Addr().Unmap().WithZone("")
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}

// shortened returns an attribute whose text, which a client may have chosen, is of a bounded length.
func shortened(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
	case slog.KindAny:
		if _, ok := a.Value.Any().(error); !ok {
			return a
		}
	default:
		return a
	}
	text := a.Value.String()
	if len(text) <= maxValue {
		return a
	}
	cut := maxValue
	for cut > maxValue-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return slog.String(a.Key, text[:cut]+"...")
}
