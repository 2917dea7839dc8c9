package auth

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// Proxies are the addresses of those that may say who the user is, and where from.
type Proxies []netip.Prefix

// ParseProxies reads the key trusted_proxies.
func ParseProxies(list []string) (Proxies, error) {
	var p Proxies
	for _, text := range list {
		prefix, err := config.ParseProxy(text)
		if err != nil {
			return nil, err
		}
		p = append(p, prefix)
	}
	return p, nil
}

// Trusts reports whether an address is one of them.
func (p Proxies) Trusts(addr netip.Addr) bool {
	for _, prefix := range p {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// Handler has next see the client's address as RemoteAddr where a trusted proxy tells it, for logs. Who the
// proxy is stays known to Authorize.
func (p Proxies) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		direct := remote(r)
		r = r.WithContext(context.WithValue(r.Context(), peerKey{}, direct))
		if client := p.client(direct, r.Header.Values("X-Forwarded-For")); client != direct {
			r.RemoteAddr = net.JoinHostPort(client.String(), "0") // the proxy tells no port
		}
		next.ServeHTTP(w, r)
	})
}

// client reads X-Forwarded-For from the right: each proxy appends where its request came from, so that all
// that stands to the left of an address that isn't a proxy's may be invented.
func (p Proxies) client(direct netip.Addr, headers []string) netip.Addr {
	chain := strings.Split(strings.Join(headers, ","), ",")
	for i := len(chain) - 1; i >= 0 && p.Trusts(direct); i-- {
		addr, err := netip.ParseAddr(strings.TrimSpace(chain[i]))
		if err != nil {
			break
		}
		direct = addr.Unmap().WithZone("")
	}
	return direct
}
