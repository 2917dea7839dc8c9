package consumer

import "fmt"

// truncated goes on where an epoch of the leader's ends, because the leader has lost what was read from there on
// (KIP-320): the brokers chose one that wasn't in sync. It tells that the offsets lead to other records now, or to none.
func (c *Consumer) truncated(t target, epoch int32, end int64) {
	p := t.partition
	c.mu.Lock()
	if p.generation != t.generation || p.next != t.offset {
		c.mu.Unlock()
		return
	}
	before := p.position
	p.generation++ // what is queued may be lost
	p.position = min(p.position, end)
	p.next, p.lastEpoch = p.position, -1
	if epoch < t.lastEpoch || epoch == t.lastEpoch && end < t.offset { // else the broker would say it again without end
		p.lastEpoch = epoch // up to there the leader has what was read
	}
	p.sentEpoch = p.lastEpoch
	if end < before {
		c.queueLoss(p, end, before)
	}
	c.mu.Unlock()
}

// queueLoss has the page told that records are lost that were read, from one offset to before another, before it
// gets what is there now. The caller holds mu.
func (c *Consumer) queueLoss(p *partition, from, to int64) {
	err := fmt.Errorf("the brokers have lost the records from offset %d to %d; reading goes on with what they have there now", from, to-1)
	p.queued++
	c.queue = append(c.queue, fetched{partition: p, generation: p.generation, lost: p.failed(err)})
}
