package filter

import "github.com/twmb/franz-go/pkg/kmsg"

// handleProduce decides about records that a client sends.
func handleProduce(c *call) {
	if id := c.req.(*kmsg.ProduceRequest).TransactionID; id != nil && !c.transactionalID(*id) {
		c.denyAll(errTransactionalID)
		return
	}
	handleTopics(c)
}

// unanswered says whether the client expects no answer: the request is a Produce without acks. Then nothing
// can tell it of a denial. Kafka closes the connection once it has stored what is allowed, and so does the
// filter.
func unanswered(req kmsg.Request) bool {
	produce, ok := req.(*kmsg.ProduceRequest)
	return ok && produce.Acks == 0
}
