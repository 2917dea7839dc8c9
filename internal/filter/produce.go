package filter

import "github.com/twmb/franz-go/pkg/kmsg"

// handleProduce: without acks there is no answer that could tell of a denial. Kafka then closes the
// connection once it has stored what is allowed, and so does the filter.
func handleProduce(c *call) {
	req := c.req.(*kmsg.ProduceRequest)
	c.silent = req.Acks == 0
	if id := req.TransactionID; id != nil && !c.transactionalID(*id) {
		c.denyAll(errTransactionalID)
	} else {
		handleTopics(c)
	}
	if c.silent && (c.local != nil || len(c.denied) > 0) {
		c.closing = "Produce without acks to a topic that the policy doesn't allow"
	}
}
