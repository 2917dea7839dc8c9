package bridge

import (
	"net"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// drainTime is how long a broker has to take what a client sent before it went.
const drainTime = 10 * time.Second

// answerTime is how long a broker has for its first answer. A client that has gone earlier tells
// nothing of the broker.
const answerTime = time.Second

// relay carries bytes both ways until either side closes, and closes both. It reports whether the broker
// got a request and answered nothing. The connection needs no deadlines: Close ends its Read and Write.
func relay(st *tunnel.Stream, broker net.Conn) (silent bool) {
	st.Forward(broker)
	var gone time.Time // when the client had gone
	drained := make(chan struct{})
	st.OnDone(func() {
		defer close(drained)
		if st.Ended() { // what it sent is still delivered
			gone = time.Now()
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
	switch {
	case st.Ended():
	case err == nil && st.ForwardError() == nil: // a failed write has taken the reset from the read
		st.Close()
	default:
		st.CloseWith(tunnel.CodeReset, "reset: the broker reset the connection")
	}
	<-drained
	st.Close()
	asked := st.Asked()
	return said == 0 && !asked.IsZero() && (gone.IsZero() || gone.Sub(asked) >= answerTime)
}
