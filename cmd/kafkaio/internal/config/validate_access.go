package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/kafkaio/kafkaio/internal/hostport"
)

// listen wants an address that others can reach to be safe for it.
func (c *checker) listen(f *File) {
	host, port, err := net.SplitHostPort(f.Listen)
	if err != nil {
		c.problem("listen", "%q: host:port was expected, such as %s", f.Listen, DefaultListen)
		return
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		c.problem("listen", "%q: %q is no port: a number from 0 to 65535 was expected", f.Listen, port)
	}
	if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
		return
	}
	if f.TLS == nil && len(f.TrustedProxies) == 0 {
		c.problem("listen", "%s can be reached from other machines, so the bridge needs TLS: set tls.cert and tls.key, or trusted_proxies if a proxy in front of it speaks TLS, or listen at %s", f.Listen, DefaultListen)
	}
	if !f.Auth.Any() {
		c.problem("listen", "%s can be reached from other machines, so clients need an identity: set auth.tokens, auth.jwt or auth.header, or listen at %s", f.Listen, DefaultListen)
	}
}

// access checks the names of the bridge and the origins of pages.
func (c *checker) access(f *File) {
	for i, name := range f.Hosts {
		if _, port, err := hostport.Parse(name, 0); err != nil || port != 0 {
			c.problem(fmt.Sprintf("hosts[%d]", i), "%q: a name or an address without scheme and port was expected, such as kafka-tools.example", name)
		}
	}
	for i, origin := range f.Origins {
		scheme, authority, _ := strings.Cut(origin, "://")
		if _, _, err := hostport.Parse(authority, 0); err != nil || scheme != "http" && scheme != "https" {
			c.problem(fmt.Sprintf("origins[%d]", i), "%q: scheme and host were expected, such as https://tools.example", origin)
		}
	}
}

// ParseProxy reads an address, or a range of them.
func ParseProxy(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return p, fmt.Errorf("%q: an address or a range of addresses was expected, such as 10.0.0.7 or 10.0.0.0/24", text)
	case p.Bits() == 0:
		return p, fmt.Errorf("%q is every address: name those of your proxies, since whoever they are can say who the user is", text)
	case p.Addr().Is4In6():
		return p, fmt.Errorf("%q: write the IPv4 range itself, such as 10.0.0.0/24", text)
	}
	return p.Masked(), nil
}
