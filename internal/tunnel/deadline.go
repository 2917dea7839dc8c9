package tunnel

import (
	"sync"
	"time"
)

// A deadline wakes the waiters of a condition when its time has come. The condition's lock guards it.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

// set replaces the deadline, and wakes the waiters so that they see it. The zero time means none.
func (d *deadline) set(t time.Time, c *sync.Cond) {
	d.at = t
	switch {
	case t.IsZero() || d.passed():
		d.stop()
		c.Broadcast()
	case d.timer == nil:
		d.timer = time.AfterFunc(time.Until(t), func() {
			c.L.Lock()
			defer c.L.Unlock()
			c.Broadcast()
		})
	default:
		d.timer.Reset(time.Until(t))
	}
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}
