package tunnel

import (
	"fmt"
	"sync"
	"time"
)

// lookEvery is the length of a turn: how often liveness looks at a WebSocket.
const lookEvery = 10 * time.Second

const (
	// pingTurns is the interval between pings while one direction is quiet. Both directions count: a
	// peer's pings may wait behind the data that it sends. Proxies drop a quiet WebSocket, nginx after
	// 60 s (proxy_read_timeout).
	pingTurns = 2
	// A WebSocket is broken after silentTurns without a byte from the peer, or after stalledTurns in
	// which the network took no byte that we had to write.
	silentTurns  = 6
	stalledTurns = 6
)

// liveness watches a WebSocket, pings where it is quiet, and ends it when it is broken.
type liveness struct {
	socket  Socket
	writer  *writer
	writing func() bool // whether something waits for the network to take it
	expects func() bool // whether something of the peer's is waited for, and read if it comes
	end     func(*CloseError)
	turn    func() // what else is to be done at each look

	mu             sync.Mutex
	timer          *time.Timer // nil once stopped
	received, sent int64
	silent         int // turns at which nothing had come
	quiet          int // turns at which nothing had been sent
	stalled        int // turns at which what was to be sent had not been taken
}

// start watches until stop.
func (l *liveness) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.received, l.sent = l.socket.Moved()
	l.timer = time.AfterFunc(lookEvery, l.look)
}

func (l *liveness) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
}

// look takes a turn.
func (l *liveness) look() {
	broken, ping := l.judge()
	switch {
	case broken != "":
		l.end(&CloseError{Code: CodeAbnormal, Reason: broken})
		return
	case ping:
		l.writer.sendPing()
	}
	if l.turn != nil {
		l.turn()
	}
}

// judge returns why the WebSocket is broken, "" if it isn't, and whether to ping.
func (l *liveness) judge() (broken string, ping bool) {
	expects, writing := l.expects(), l.writing()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.timer == nil {
		return "", false
	}
	l.timer.Reset(lookEvery)
	received, sent := l.socket.Moved()
	l.silent++
	taken := writing && sent != l.sent // by a peer that acknowledges it
	if received != l.received || taken || !expects && l.silent == silentTurns {
		l.silent = 0
	}
	l.quiet++
	l.stalled++
	if sent != l.sent {
		l.quiet, l.stalled = 0, 0
	}
	if !writing {
		l.stalled = 0
	}
	l.received, l.sent = received, sent
	_, canPing := l.socket.(pinger)
	switch {
	case l.stalled >= stalledTurns:
		return fmt.Sprintf("the WebSocket took nothing for %v", stalledTurns*lookEvery), false
	case canPing && l.silent >= silentTurns:
		return fmt.Sprintf("no sign of life for %v", silentTurns*lookEvery), false
	}
	return "", !writing && (l.silent%pingTurns == 1 || l.quiet%pingTurns == 1)
}
