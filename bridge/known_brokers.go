package bridge

import (
	"sync"
	"time"
)

// rememberFor is how long the bridge remembers a broker that the cluster has named. Clients still want one that restarts,
// and should try again: it comes back.
const rememberFor = 10 * time.Minute

// knownBrokers are those of the last answer, whoever asked, and those that were missing from it only lately.
type knownBrokers struct {
	mu   sync.Mutex
	last map[target]bool
	gone map[target]time.Time // when they were first missing; at most maxBrokers
}

func (k *knownBrokers) has(to target) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.last[to]
}

// hadLately reports whether a broker was named lately, and isn't now.
func (k *knownBrokers) hadLately(to target) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	since, isGone := k.gone[to]
	return isGone && time.Since(since) < rememberFor
}

// learn takes the brokers of an answer.
func (k *knownBrokers) learn(named map[target]bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	gone := make(map[target]time.Time)
	for to, since := range k.gone {
		if !named[to] && time.Since(since) < rememberFor {
			gone[to] = since
		}
	}
	for to := range k.last {
		if !named[to] && len(gone) < maxBrokers {
			gone[to] = time.Now()
		}
	}
	k.last, k.gone = named, gone
}
