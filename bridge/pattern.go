package bridge

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/kafkaio/kafkaio/internal/hostport"
)

// A pattern stands for brokers' addresses. A * in its host stands for any text within one label of a host
// name; it matches no IP address.
type pattern struct {
	labels []string // of the host, in normal form
	port   uint16
}

// parsePattern reads a pattern of Config.Targets.
func parsePattern(s string) (pattern, error) {
	const filler = "x" // makes a host of the pattern, for the rules that hosts obey
	to, err := parseTarget(strings.ReplaceAll(s, "*", filler))
	if err != nil {
		return pattern{}, fmt.Errorf("bridge: targets: %s: host:port was expected, in whose host a * stands for any text within one label, such as broker-*.prod:9093", hostport.Quote(s))
	}
	if isIP(to.host) {
		return pattern{labels: []string{to.host}, port: to.port}, nil
	}
	host, _, _ := strings.Cut(s, ":")
	if rest := strings.Trim(host, "0123456789.*"); rest == "" && strings.Trim(host, ".*") != "" {
		return pattern{}, fmt.Errorf("bridge: targets: %s: a * matches host names alone: list IP addresses one by one", hostport.Quote(s))
	}
	return pattern{labels: strings.Split(hostport.Normal(host), "."), port: to.port}, nil
}

// matches reports whether the pattern stands for an address.
func (p pattern) matches(to target) bool {
	if p.port != to.port {
		return false
	}
	if isIP(to.host) {
		return len(p.labels) == 1 && p.labels[0] == to.host
	}
	labels := strings.Split(to.host, ".")
	if len(labels) != len(p.labels) {
		return false
	}
	for i, label := range labels {
		if !matchesLabel(p.labels[i], label) {
			return false
		}
	}
	return true
}

// matchesLabel reports whether a label with asterisks matches another. It takes the product of their
// lengths at most, which hostport bounds.
func matchesLabel(pattern, label string) bool {
	pieces := strings.Split(pattern, "*")
	if len(pieces) == 1 {
		return pattern == label
	}
	first, last := pieces[0], pieces[len(pieces)-1]
	if len(label) < len(first)+len(last) || !strings.HasPrefix(label, first) || !strings.HasSuffix(label, last) {
		return false
	}
	label = label[len(first) : len(label)-len(last)]
	for _, piece := range pieces[1 : len(pieces)-1] {
		i := strings.Index(label, piece)
		if i < 0 {
			return false
		}
		label = label[i+len(piece):]
	}
	return true
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
