// Package hostport parses broker addresses that a user or a client wrote.
package hostport

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// The limits of a domain name in characters, from RFC 1035 section 2.3.4. Its 255 bytes are 253
// characters: a name has a length before its first label, and an empty label at its end.
const (
	maxName  = 253
	maxLabel = 63
)

// Parse splits "host:port", or "host" alone, whose port is defaultPort. A host is a name or an IP
// address. An IPv6 address may be in brackets; it must be if a port follows. For anything else Parse
// returns an error that quotes addr and says what was expected.
func Parse(addr string, defaultPort uint16) (host string, port uint16, err error) {
	fail := func(what string) (string, uint16, error) {
		if !strings.HasSuffix(what, "?") {
			what += ";"
		}
		return "", 0, fmt.Errorf("address %s: %s host:port was expected, such as broker.example:9092", Quote(addr), what)
	}
	if strings.Contains(addr, "://") {
		return fail("it is a URL")
	}
	host, portText, hasPort, ok := split(addr)
	if !ok {
		return fail("its brackets don't match")
	}
	what := checkHost(host)
	if bracketed := withBrackets(addr); bracketed != "" && (what != "" || isReserved(host)) {
		return fail("an IPv6 address before a port has brackets, did you mean " + bracketed + "?")
	}
	if what != "" {
		return fail(what)
	}
	if !hasPort {
		return host, defaultPort, nil
	}
	if portText == "" {
		return fail("there is no port after the colon")
	}
	n, err := strconv.ParseUint(portText, 10, 16)
	if err != nil || n == 0 || portText[0] == '+' {
		return fail("the port is no number from 1 to 65535")
	}
	return host, uint16(n), nil
}

func split(addr string) (host, port string, hasPort, ok bool) {
	if strings.HasPrefix(addr, "[") {
		host, rest, found := strings.Cut(addr[1:], "]")
		if _, err := netip.ParseAddr(host); !found || err != nil || (rest != "" && rest[0] != ':') {
			return "", "", false, false
		}
		return host, strings.TrimPrefix(rest, ":"), rest != "", true
	}
	if strings.Count(addr, ":") > 1 { // IPv6 without a port
		return addr, "", false, true
	}
	host, port, hasPort = strings.Cut(addr, ":")
	return host, port, hasPort, true
}

// withBrackets returns what was meant where an IPv6 address without brackets is followed by a port, as
// in "::1:9092", or "".
func withBrackets(addr string) string {
	colon := strings.LastIndexByte(addr, ':')
	if colon < 0 {
		return ""
	}
	a, err := netip.ParseAddr(addr[:colon])
	port, portErr := strconv.ParseUint(addr[colon+1:], 10, 16)
	if err != nil || !a.Is6() || a.Zone() != "" || portErr != nil || port == 0 {
		return ""
	}
	return "[" + addr[:colon] + "]" + addr[colon:]
}

// isReserved reports whether a host is one of those IPv6 addresses that no machine has: the first 12
// bytes are zero, and it is neither :: nor ::1 (RFC 4291 section 2.5.5.1).
func isReserved(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil || !a.Is6() || a.IsUnspecified() || a.IsLoopback() {
		return false
	}
	bytes := a.As16()
	return [12]byte(bytes[:12]) == [12]byte{}
}

func checkHost(host string) string {
	if host == "" {
		return "it has no host"
	}
	if a, err := netip.ParseAddr(host); err == nil {
		if strings.ContainsFunc(a.Zone(), notInName) { // netip lets a zone have any
			return "the zone of its IP address has a character that no name has"
		}
		return ""
	}
	name := strings.TrimSuffix(host, ".")
	if len(name) > maxName {
		return fmt.Sprintf("its host has %d characters, at most %d are possible", len(name), maxName)
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > maxLabel {
			return fmt.Sprintf("its host has a label of %d characters, 1 to %d are possible", len(label), maxLabel)
		}
	}
	if i := strings.IndexFunc(name, notInName); i >= 0 {
		return "its host has a character that no name has"
	}
	return ""
}

// notInName reports whether a name can't contain r. It allows underscores, which are common in
// container networks, and leaves letters beyond ASCII to the resolver.
func notInName(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
		return false
	}
	return r < 0xa0 || r == '\ufffd'
}

// Normal returns the normal form of a host, which is the same for equal hosts. An IP address is as
// netip prints it, with an IPv4-mapped one as IPv4. A name has its ASCII letters in lower case (RFC
// 4343), and no dot at its end.
func Normal(host string) string {
	// Try host with the dot first: in the zone of an address, the dot is part of the zone.
	for _, h := range []string{host, strings.TrimSuffix(host, ".")} {
		if a, err := netip.ParseAddr(h); err == nil {
			return a.Unmap().String()
		}
	}
	host = strings.TrimSuffix(host, ".")
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, host)
}

// Quote returns an address quoted, for an error. It keeps the first 100 bytes of a longer one.
func Quote(addr string) string {
	const most = 100
	if len(addr) > most {
		addr = addr[:most] + "..."
	}
	return strconv.Quote(addr)
}
