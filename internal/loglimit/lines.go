package loglimit

import (
	"context"
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/allowance"
)

const (
	// clientBurst lines of a kind are written of a client at once, and then one in each lineEvery.
	clientBurst = 10
	// kindBurst is the same for all clients together.
	kindBurst = 100
	lineEvery = time.Second
	// tellEvery is how often a line tells what was left out.
	tellEvery = 10 * time.Second
	// repeatAfter is when a line may be written again.
	repeatAfter = 10 * time.Minute
	// maxClients and maxSeen bound what is remembered of each kind. Clients beyond share an allowance. Beyond maxSeen
	// a line may be written again earlier.
	maxClients = 1024
	maxSeen    = 4096
)

// lines counts those that were written, by their message.
type lines struct {
	to slog.Handler

	mu    sync.Mutex
	kinds map[string]*kind // messages are constants of the program, so they are few
}

// A kind is what is known of the lines with one message.
type kind struct {
	level   slog.Level
	all     allowance.Allowance
	clients map[string]*client
	seen    map[uint64]struct{} // lines that were written
	forget  time.Time           // when seen is emptied
	omitted int                 // lines since the last one that told their number
	isTimed bool                // a timer calls tell
}

// A client is whom lines are about.
type client struct {
	allowed allowance.Allowance
	omitted int
}

// allow reports whether a line is to be written.
func (l *lines) allow(level slog.Level, message, name string, what uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := l.kinds[message]
	if k == nil {
		k = &kind{clients: make(map[string]*client), seen: make(map[uint64]struct{})}
		l.kinds[message] = k
	}
	k.level = level
	if !k.isTimed {
		k.isTimed = true
		time.AfterFunc(tellEvery, func() { l.tell(message, k) })
	}
	c := k.client(name)
	if k.isNew(name, what) && c.allowed.Take(clientBurst, lineEvery) && k.all.Take(kindBurst, lineEvery) {
		k.seen[lineOf(name, what)] = struct{}{}
		return true
	}
	k.omitted++
	c.omitted++
	return false
}

func (k *kind) client(name string) *client {
	c := k.clients[name]
	if c == nil && len(k.clients) >= maxClients {
		name = "others"
		c = k.clients[name]
	}
	if c == nil {
		c = new(client)
		k.clients[name] = c
	}
	return c
}

// isNew reports whether a line was not written lately.
func (k *kind) isNew(name string, what uint64) bool {
	if now := time.Now(); !now.Before(k.forget) || len(k.seen) >= maxSeen {
		clear(k.seen)
		k.forget = now.Add(repeatAfter)
	}
	_, is := k.seen[lineOf(name, what)]
	return !is
}

func lineOf(name string, what uint64) uint64 { return what ^ maphash.String(seed, name) }

// tell writes how many lines were left out, and does so again as long as there may be some.
func (l *lines) tell(message string, k *kind) {
	l.mu.Lock()
	omitted, level := k.omitted, k.level
	clients, mostly := k.turn()
	if k.isTimed {
		time.AfterFunc(tellEvery, func() { l.tell(message, k) })
	}
	l.mu.Unlock()
	if omitted > 0 {
		r := slog.NewRecord(time.Now(), level, message, 0)
		r.AddAttrs(slog.Int("omitted", omitted), slog.Int("clients", clients), slog.String("mostly", mostly))
		l.to.Handle(context.Background(), r)
	}
}

// turn forgets what was left out, and clients without lines lately. It returns how many clients lines were left out
// of, and of which the most.
func (k *kind) turn() (clients int, mostly string) {
	most := 0
	for name, c := range k.clients {
		if c.omitted > 0 {
			clients++
		}
		if c.omitted > most {
			most, mostly = c.omitted, name
		}
		if c.omitted = 0; c.allowed.IsFull() {
			delete(k.clients, name)
		}
	}
	k.omitted = 0
	k.isTimed = len(k.clients) > 0
	return clients, mostly
}
