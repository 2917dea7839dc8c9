package bridge

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strings"

	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// access decides by Host and Origin who may come in.
//
// Origin alone is not enough: a page from evil.example can point its own name at this address,
// and then Host and Origin are equal. So the Host must be one of ours.
type access struct {
	hosts   map[string]bool // in normal form
	origins map[origin]bool
}

func newAccess(hosts, origins []string) (access, error) {
	a := access{hosts: make(map[string]bool), origins: make(map[origin]bool)}
	for _, h := range hosts {
		name, err := parseAuthority(h)
		if err != nil || name.port != 0 {
			return access{}, fmt.Errorf("bridge: host %s: a name or an IP address without scheme and port was expected, such as kafka-tools.example", hostport.Quote(h))
		}
		a.hosts[name.host] = true
	}
	for _, text := range origins {
		o, err := parseOrigin(text)
		if err != nil {
			return access{}, fmt.Errorf("bridge: origin %s: scheme and host were expected, such as https://tools.example", hostport.Quote(text))
		}
		a.origins[o] = true
	}
	return a, nil
}

// check returns why a request is refused, or nil.
func (a access) check(r *http.Request) *tunnel.CloseError {
	host, err := parseAuthority(r.Host)
	if err != nil || !(isLoopbackName(host.host) || a.hosts[host.host]) {
		return &tunnel.CloseError{Code: tunnel.CodeDenied, Reason: tunnel.ReasonHost + ": " + hostport.Quote(r.Host) + " is not one of this bridge's names"}
	}
	text := r.Header.Get("Origin")
	if text == "" { // not a browser
		return nil
	}
	from, err := parseOrigin(text)
	if err != nil || !(from == host.of(from.scheme) || a.origins[from]) {
		return denied("this bridge's origins lack %s, so its pages may not connect", hostport.Quote(text))
	}
	return nil
}

// An authority is the host of a URL or of a Host header, in normal form, and its port: 0 if none is
// written.
type authority struct {
	host string
	port uint16
}

func parseAuthority(s string) (authority, error) {
	host, port, err := hostport.Parse(s, 0)
	if err == nil && strings.Contains(host, "%") {
		err = errors.New("a zone means nothing outside the machine that names it")
	}
	return authority{hostport.Normal(host), port}, err
}

// of returns the authority's origin under a scheme. The caller takes the scheme from the request: the
// bridge doesn't know its own, since a proxy in front of it may speak TLS.
func (a authority) of(scheme string) origin {
	if a.port == 0 {
		a.port = defaultPorts[scheme]
	}
	return origin{scheme, a}
}

// defaultPorts are the ports that browsers leave out of Host and Origin. A proxy may write them.
var defaultPorts = map[string]uint16{"http": 80, "https": 443}

// An origin is where a page comes from (RFC 6454). Its port is always set.
type origin struct {
	scheme string
	authority
}

func parseOrigin(s string) (origin, error) {
	scheme, rest, _ := strings.Cut(s, "://")
	scheme = strings.ToLower(scheme)
	if defaultPorts[scheme] == 0 {
		return origin{}, errors.New("neither http:// nor https://")
	}
	a, err := parseAuthority(rest)
	return a.of(scheme), err
}

// isLoopbackName reports whether a host can only be this machine (RFC 6761 section 6.3 for names).
func isLoopbackName(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
