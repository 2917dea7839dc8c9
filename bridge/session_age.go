package bridge

import (
	"math/rand/v2"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// ageGrace is what streams have to end by themselves once their session is too old. Java clients close a
// connection that was idle for 9 min (connections.max.idle.ms).
const ageGrace = 10 * time.Minute

var errTooOld = &tunnel.CloseError{Code: tunnel.CodeGoingAway, Reason: "the session is as old as one may get: open another"}

// limitAge has c open nothing further once it is about MaxSessionAge old, and ends it ageGrace later. The
// last tenth is random, so that sessions that began together don't all return together.
func (b *Bridge) limitAge(c client) (stop func()) {
	most := b.config.MaxSessionAge
	if most == 0 {
		return func() {}
	}
	age := most - rand.N(most/10+1)
	leave := time.AfterFunc(age, func() { c.goAway(errTooOld) })
	end := time.AfterFunc(age+ageGrace, func() { c.abort(errTooOld) })
	return func() {
		leave.Stop()
		end.Stop()
	}
}
