package bridge

import (
	"net"
	"strconv"

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
	return target{hostport.Normal(host), port}, err
}

func (t target) String() string { return net.JoinHostPort(t.host, strconv.Itoa(int(t.port))) }
