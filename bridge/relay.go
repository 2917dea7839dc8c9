package bridge

import (
	"net"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// drainTime is how long a broker may take to accept what a client sent before it went.
const drainTime = 10 * time.Second

// answerTime is how long a broker may take for its first answer before it counts as one that says
// nothing: a client that has gone earlier tells nothing of it.
const answerTime = time.Second

// relay carries bytes both ways until either side closes, and closes both. It reports whether the
// broker said nothing to what it was sent. It needs no deadlines of the connection: what it waits for
// in Read and Write ends with Close.
func relay(st *tunnel.Stream, broker net.Conn) (silent bool) {
	started := time.Now()
	st.Forward(broker)
	drained := make(chan struct{})
	st.OnDone(func() {
		defer close(drained)
		if st.Ended() { // the client is gone: what it sent is still delivered
			limit := time.NewTimer(drainTime)
			defer limit.Stop()
			select {
			case <-st.Delivered():
			case <-limit.C:
			}
		}
		broker.Close()
	})
	said, err := st.SendFrom(broker)
	lasted := time.Since(started)
	switch {
	case st.Ended():
	case err == nil && st.ForwardError() == nil: // a write takes a reset from the read that follows
		st.Close()
	default:
		st.CloseWith(tunnel.CodeReset, "reset: the broker reset the connection")
	}
	<-drained
	st.Close()
	return said == 0 && st.Forwarded() && lasted >= answerTime
}
