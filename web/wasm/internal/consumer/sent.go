package consumer

import "slices"

// A sentBatch is one that the page may give back.
type sentBatch struct {
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
	p.sent = append(p.sent, b)
	c.scanned += b.scanned
	c.matched += b.matched
}

// takeBack has batches of a partition sent again, from the one that begins at an offset on. The caller holds mu.
func (c *Consumer) takeBack(p *partition, from int64) {
	i := slices.IndexFunc(p.sent, func(b sentBatch) bool { return b.from >= from })
	if i < 0 {
		i = len(p.sent)
	}
	p.position, p.sentEpoch = from, -1
	for k, b := range p.sent[i:] {
		c.scanned -= b.scanned
		c.matched -= b.matched
		if k == 0 && b.from == from {
			p.sentEpoch = b.lastEpoch
		}
	}
	p.sent = p.sent[:i]
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
