//go:build !js

package kafkaio

import "time"

// silence is how long nothing may come from the bridge while an OPEN waits: a pong comes if nothing
// else does, so reaching the bridge is a step like any other.
func (d *Dialer) silence(time.Duration) time.Duration { return max(d.stepTimeout(), 0) }
