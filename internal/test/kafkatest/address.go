package kafkatest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"
)

// FreeAddress returns a loopback address for a server that a test stops and restarts: nothing
// listens on it, and no outgoing connection is given it meanwhile.
func FreeAddress(t testing.TB) string {
	t.Helper()
	addresses, err := freeAddresses(1)
	if err != nil {
		t.Fatalf("kafkatest: %v", err)
	}
	return addresses[0]
}

// freeAddresses returns n addresses on loopback that nothing listens on. Their ports are below
// those that systems give to outgoing connections and to listeners on port 0 (from 32768 on
// Linux, 49152 elsewhere), so that they are still free when a server is started, or restarted.
func freeAddresses(n int) ([]string, error) {
	const lowest, highest, attempts = 20000, 30000, 1000
	var addresses []string
	for range attempts {
		if len(addresses) == n {
			return addresses, nil
		}
		port := lowest + rand.IntN(highest-lowest)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		// Open until all are chosen: no port is chosen twice.
		defer l.Close()
		addresses = append(addresses, l.Addr().String())
	}
	return nil, fmt.Errorf("no %d free ports from %d to %d in %d attempts", n, lowest, highest, attempts)
}
