package bridge_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// TestEndOfAnIdentityWithManyStreams ends the identity of a session that has as many streams as one may have, or the
// bridge. The client may read nothing. All that the session held returns.
func TestEndOfAnIdentityWithManyStreams(t *testing.T) {
	const streams = 1024
	ends := map[string]func(v *virtual){
		"Expiry": func(*virtual) { time.Sleep(20 * time.Second) },
		"Revoke": func(v *virtual) { v.bridge.Revoke(func(bridge.Identity) bool { return true }) },
		"Shutdown": func(v *virtual) {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			v.bridge.Shutdown(ctx)
		},
	}
	everything := []bridge.Policy{{Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: []string{"*"}}}
	for name, row := range map[string]struct {
		policies []bridge.Policy
		broker   func(net.Conn)
		reads    bool          // the client
		limit    time.Duration // of the brokers' connections after the end
	}{
		"Opaque":             {nil, mute, true, time.Second},
		"OpaqueReadsNothing": {nil, floods, false, time.Second},
		"Policy":             {everything, mute, true, 31 * time.Second},
		"PolicyReadsNothing": {everything, mute, false, 31 * time.Second},
	} {
		for end, endIdentity := range ends {
			t.Run(name+"/"+end, func(t *testing.T) {
				var brokers *brokers
				config := func(t *testing.T) bridge.Config {
					brokers = newBrokers(t, row.broker)
					return bridge.Config{Policies: row.policies, Authorize: identify, Dial: brokers.dial}
				}
				inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
					c := v.connect(t, hostile.Tunnel, nil)
					if row.reads {
						go c.Drain()
					}
					send(t, c, hostile.Auth("ci/20s"))
					for id := uint32(1); id <= streams; id++ {
						send(t, c, hostile.Open(id, 1<<20, memoryBroker))
					}
					time.Sleep(time.Second) // virtual
					if open, _ := brokers.counts(); open != streams {
						t.Fatalf("%d broker connections are open", open)
					}
					for id := uint32(1); id <= streams; id++ {
						send(t, c, hostile.Data(id, askMetadata(1, "orders")))
					}
					limit := row.limit
					if end == "Shutdown" { // which ends as if clients had gone: what they sent is still delivered
						limit += 10 * time.Second
					}
					endIdentity(v)
					mustBeWithin(t, "all broker connections were closed", brokers.untilClosed(5*time.Minute), 0, limit)
					time.Sleep(2 * time.Minute)
					if held := v.bridge.HeldMemory(); held != 0 { // given back once all goroutines have ended
						t.Errorf("%d bytes are held after the end", held)
					}
				})
			})
		}
	}
}
