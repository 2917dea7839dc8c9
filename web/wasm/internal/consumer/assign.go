package consumer

// A group assigns partitions to a Consumer with Options.Assigned, and takes them away.

// Assign adds partitions. They can be sought in and paused; Begin says from where they are read.
func (c *Consumer) Assign(of []TopicPartition) {
	c.mu.Lock()
	for _, tp := range of {
		t := c.topics[tp.Topic]
		if t == nil || c.partitions[tp] != nil {
			continue
		}
		p := c.newPartition(tp, t)
		p.held, p.seek = true, c.revoked
		p.leader = -1
		if leader, ok := t.leaders[tp.Partition]; ok {
			p.leader = leader
		}
		c.partitions[tp] = p
	}
	c.change()
	c.mu.Unlock()
	c.refresh()
}

// Begin has assigned partitions read from what the group has committed, -1: nothing. One that the page has sought
// in meanwhile is read from there. One that was added to its topic while the Consumer runs is read from its
// beginning: else what came before its assignment would be left out.
func (c *Consumer) Begin(committed map[TopicPartition]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for tp, offset := range committed {
		p := c.partitions[tp]
		if p == nil || !p.held {
			continue
		}
		p.held = false
		switch {
		case p.sought:
		case offset >= 0:
			p.from = Position{atOffset, offset}
		case p.topic.later && tp.Partition >= p.topic.first && p.from.kind != atOffset:
			p.from = Position{kind: earliest}
		}
	}
	c.change()
}

// Revoke takes partitions away. From now on no batch of theirs is begun; one may be under way to the page.
func (c *Consumer) Revoke(of []TopicPartition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, tp := range of {
		if p := c.partitions[tp]; p != nil {
			p.generation++
			delete(c.partitions, tp)
			delete(c.notAsAll, tp)
		}
	}
	c.change()
}

// RevokedAt notes the number of a revocation, which the page counts as one of its seeks: batches of partitions
// that are assigned later have at least this number.
func (c *Consumer) RevokedAt(number uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.revoked = max(c.revoked, number)
}
