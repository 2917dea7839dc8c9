package consumer

import "slices"

// A sentBatch is one that the page may give back.
type sentBatch struct {
	nth              int64 // of all that the Consumer sent, from 1 on
	from             int64 // the first offset
	lastEpoch        int32 // partition.sentEpoch before it
	scanned, matched int64
}

// maxSent bounds the batches of a partition that the page may give back: it has credit for fewer.
const maxSent = 8

// noteSent counts a batch that is sent. The caller holds mu.
func (c *Consumer) noteSent(p *partition, b sentBatch) {
	if len(p.sent) == maxSent {
		p.sent = slices.Delete(p.sent, 0, 1)
	}
	c.sent++
	b.nth = c.sent
	p.sent = append(p.sent, b)
	c.scanned += b.scanned
	c.matched += b.matched
}

// takeBack has batches of a partition sent again, from the nth that the Consumer sent on. Their offsets may be in no
// order, if the topic was made again or a leader has lost what it had: reading goes back to the least of them. The
// caller holds mu.
func (c *Consumer) takeBack(p *partition, nth int64) {
	for n := len(p.sent); n > 0 && p.sent[n-1].nth >= nth; n = len(p.sent) {
		b := p.sent[n-1]
		c.scanned -= b.scanned
		c.matched -= b.matched
		if b.from < p.position {
			p.position, p.sentEpoch = b.from, b.lastEpoch
		}
		p.sent = p.sent[:n-1]
	}
	p.restart()
}

// restart throws away what was fetched, and goes on after what was sent. The leader's epoch of that lets a broker say
// whether it has lost some of it meanwhile.
func (p *partition) restart() {
	p.generation++
	p.next, p.lastEpoch = p.position, p.sentEpoch
	if !p.located && p.from.kind == kept {
		p.from.n = p.position
	}
}
