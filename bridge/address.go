package bridge

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/kafkaio/kafkaio/internal/hostport"
)

// defaultPort is the port of an address without one, as in Kafka's listeners.
const defaultPort = 9092

// A target is a broker's address in normal form: equal targets are the same broker.
type target struct {
	host string
	port uint16
}

func parseTarget(s string) (target, error) {
	host, port, err := hostport.Parse(s, defaultPort)
	if err == nil && endsInNumber(hostport.Normal(host)) {
		err = fmt.Errorf("address %s: its host ends in a number, as no name does; an IPv4 address has four decimal numbers, such as 192.0.2.1", hostport.Quote(s))
	}
	return target{hostport.Normal(host), port}, err
}

// endsInNumber reports whether a host is no IP address, and its last label is a decimal, octal or
// hexadecimal number. Resolvers take such a host for an IPv4 address (2130706433, 0x7f.1), and no domain
// has such a name.
func endsInNumber(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return strings.Trim(last, "0123456789") == ""
}

func (t target) String() string { return net.JoinHostPort(t.host, strconv.Itoa(int(t.port))) }
