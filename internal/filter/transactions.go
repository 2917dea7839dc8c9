package filter

import (
	"reflect"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// handleInitProducerID: without a transactional id it is for idempotence, which the right to the API allows.
func handleInitProducerID(c *call) {
	if id := c.req.(*kmsg.InitProducerIDRequest).TransactionalID; id != nil && !c.transactionalID(*id) {
		c.denyAll(errTransactionalID)
	}
}

// ofTransaction says whether the request is of a transactional id that is allowed, or denies it.
func (c *call) ofTransaction() bool {
	id := reflect.ValueOf(c.req).Elem().FieldByName("TransactionalID").String()
	if !c.transactionalID(id) {
		c.denyAll(errTransactionalID)
		return false
	}
	return true
}

func handleEndTxn(c *call) { c.ofTransaction() }

func handleAddPartitionsToTxn(c *call) {
	if c.version >= 4 { // only between brokers
		c.denyAll(errClusterAuthorization)
		return
	}
	if c.ofTransaction() {
		handleTopics(c)
	}
}

func handleAddOffsetsToTxn(c *call) {
	if c.ofTransaction() {
		handleGroup(c)
	}
}

func handleTxnOffsetCommit(c *call) {
	if !c.ofTransaction() {
		return
	}
	if handleGroup(c); c.local == nil {
		handleTopics(c)
	}
}

// handleDescribeTransactions: Kafka leaves out of a transaction the topics that the client may not see.
func handleDescribeTransactions(c *call) {
	left := c.split("TransactionalIDs", "TransactionStates", func(entry reflect.Value) int16 {
		if !c.transactionalID(entry.String()) {
			return errTransactionalID
		}
		return 0
	})
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
		return
	}
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.DescribeTransactionsResponse)
		for i := range r.TransactionStates {
			s := &r.TransactionStates[i]
			s.Topics = slices.DeleteFunc(s.Topics, func(t kmsg.DescribeTransactionsResponseTransactionStateTopic) bool {
				return !c.seesTopicOf(t.Topic)
			})
		}
	})
}

func handleListTransactions(c *call) {
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ListTransactionsResponse)
		r.TransactionStates = slices.DeleteFunc(r.TransactionStates, func(s kmsg.ListTransactionsResponseTransactionState) bool {
			return !c.seesTransactionalID(s.TransactionalID)
		})
	})
}

// handleFindCoordinator: the coordinators of the state of share groups are a matter of brokers.
func handleFindCoordinator(c *call) {
	req := c.req.(*kmsg.FindCoordinatorRequest)
	check := func(key string) int16 {
		switch code := coordinatorCode(req.CoordinatorType); {
		case code == errGroupAuthorization && c.group(key), code == errTransactionalID && c.transactionalID(key):
			return 0
		default:
			return code
		}
	}
	if c.version < 4 {
		if code := check(req.CoordinatorKey); code != 0 {
			c.denyAll(code)
		}
		return
	}
	left := c.split("CoordinatorKeys", "Coordinators", func(entry reflect.Value) int16 { return check(entry.String()) })
	if left == 0 && len(c.denied) > 0 {
		c.answerEmpty()
	}
}

// coordinatorCode returns the error for a kind of coordinator.
func coordinatorCode(kind int8) int16 {
	switch kind {
	case 0:
		return errGroupAuthorization
	case 1:
		return errTransactionalID
	}
	return errClusterAuthorization
}
