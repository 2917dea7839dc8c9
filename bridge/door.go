package bridge

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A door decides by Host and Origin who may come in.
//
// Origin alone is not enough: a page from evil.example can point its own name at this address,
// and then Host and Origin are equal. So the Host must be one of ours.
type door struct {
	hosts   map[string]bool
	origins map[string]bool
}

func newDoor(hosts, origins []string) (door, error) {
	d := door{hosts: make(map[string]bool), origins: make(map[string]bool)}
	for _, h := range hosts {
		if h == "" || strings.ContainsAny(h, "/:*@ ") {
			return door{}, fmt.Errorf("bridge: host %q: a name without scheme and port was expected, such as kafka-tools.example", h)
		}
		d.hosts[normalHost(h)] = true
	}
	for _, o := range origins {
		u, err := url.Parse(o)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Path != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return door{}, fmt.Errorf("bridge: origin %q: scheme and host were expected, such as https://tools.example", o)
		}
		d.origins[strings.ToLower(o)] = true
	}
	return d, nil
}

// check returns why a request is refused, or nil.
func (d door) check(r *http.Request) *tunnel.CloseError {
	host, err := hostName(r.Host)
	if err != nil || !(isLoopbackName(host) || d.hosts[host]) {
		return &tunnel.CloseError{Code: tunnel.CodeDenied, Reason: fmt.Sprintf(tunnel.ReasonHost+": %q is not one of this bridge's names", r.Host)}
	}
	origin := r.Header.Get("Origin")
	if origin == "" { // not a browser
		return nil
	}
	if d.origins[strings.ToLower(origin)] {
		return nil
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
		return denied("pages from %q may not use this bridge", origin)
	}
	return nil
}

func denied(format string, args ...any) *tunnel.CloseError {
	return &tunnel.CloseError{Code: tunnel.CodeDenied, Reason: tunnel.ReasonDenied + ": " + fmt.Sprintf(format, args...)}
}

// hostName is the name or address of a Host header, without port, in its normal form.
func hostName(hostport string) (string, error) {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" {
		return "", errors.New("no host")
	}
	return normalHost(host), nil
}

func normalHost(h string) string { return strings.ToLower(strings.TrimSuffix(h, ".")) }

// isLoopbackName reports whether a host can only be this machine (RFC 6761 section 6.3 for names).
func isLoopbackName(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
