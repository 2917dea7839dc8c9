package filter

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestTransactionsAreFiltered(t *testing.T) {
	f := newFilter(t, nil, analyst("read-write"))
	list := &kmsg.ListTransactionsRequest{Version: 1}
	forward(t, f, list)
	listed := reply(t, f, list, &kmsg.ListTransactionsResponse{TransactionStates: []kmsg.ListTransactionsResponseTransactionState{
		{TransactionalID: "tx1"}, {TransactionalID: "other"},
	}}).(*kmsg.ListTransactionsResponse)
	if len(listed.TransactionStates) != 1 || listed.TransactionStates[0].TransactionalID != "tx1" {
		t.Errorf("%+v", listed.TransactionStates)
	}

	describe := &kmsg.DescribeTransactionsRequest{TransactionalIDs: []string{"tx1", "other"}}
	if got := forward(t, f, describe).(*kmsg.DescribeTransactionsRequest); len(got.TransactionalIDs) != 1 {
		t.Fatal(got.TransactionalIDs)
	}
	described := reply(t, f, describe, &kmsg.DescribeTransactionsResponse{TransactionStates: []kmsg.DescribeTransactionsResponseTransactionState{
		{TransactionalID: "tx1", Topics: []kmsg.DescribeTransactionsResponseTransactionStateTopic{{Topic: "secret"}, {Topic: "orders"}}},
	}}).(*kmsg.DescribeTransactionsResponse)
	if s := described.TransactionStates; len(s) != 2 || len(s[0].Topics) != 1 || s[1].TransactionalID != "other" || s[1].ErrorCode != errTransactionalID {
		t.Errorf("%+v", s)
	}
}

func TestLogDirsAndReassignmentsAreFiltered(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	dirs := &kmsg.DescribeLogDirsRequest{Version: 4}
	if got := forward(t, f, dirs).(*kmsg.DescribeLogDirsRequest); got.Topics != nil {
		t.Error("all became some")
	}
	d := reply(t, f, dirs, &kmsg.DescribeLogDirsResponse{Dirs: []kmsg.DescribeLogDirsResponseDir{
		{Topics: []kmsg.DescribeLogDirsResponseDirTopic{{Topic: "secret"}, {Topic: "orders"}}},
	}}).(*kmsg.DescribeLogDirsResponse)
	if len(d.Dirs[0].Topics) != 1 {
		t.Errorf("%+v", d)
	}
	dirs.Topics = []kmsg.DescribeLogDirsRequestTopic{{Topic: "secret"}}
	denied(t, f, dirs) // an empty list could be all

	moves := &kmsg.ListPartitionReassignmentsRequest{}
	forward(t, f, moves)
	m := reply(t, f, moves, &kmsg.ListPartitionReassignmentsResponse{Topics: []kmsg.ListPartitionReassignmentsResponseTopic{{Topic: "secret"}, {Topic: "orders"}}})
	if got := m.(*kmsg.ListPartitionReassignmentsResponse).Topics; len(got) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCursorOfAHiddenTopicIsSealed(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	req := &kmsg.DescribeTopicPartitionsRequest{ResponsePartitionLimit: 2}
	forward(t, f, req)
	resp := &kmsg.DescribeTopicPartitionsResponse{
		Topics:     []kmsg.DescribeTopicPartitionsResponseTopic{{Topic: kmsg.StringPtr("orders")}, {Topic: kmsg.StringPtr("payroll")}},
		NextCursor: &kmsg.DescribeTopicPartitionsResponseNextCursor{Topic: "secret", Partition: 3},
	}
	got := reply(t, f, req, resp).(*kmsg.DescribeTopicPartitionsResponse)
	if len(got.Topics) != 1 || got.NextCursor.Topic == "secret" || got.NextCursor.Partition != 3 {
		t.Fatalf("%+v", got)
	}
	req.Cursor = &kmsg.DescribeTopicPartitionsRequestCursor{Topic: got.NextCursor.Topic, Partition: 3}
	if next := forward(t, f, req).(*kmsg.DescribeTopicPartitionsRequest); next.Cursor.Topic != "secret" {
		t.Errorf("the cursor becomes %q", next.Cursor.Topic)
	}
	reply(t, f, req, &kmsg.DescribeTopicPartitionsResponse{})
	req.Cursor.Topic = "secret"
	denied(t, f, req)
	req.Cursor.Topic = "~AAAA"
	denied(t, f, req)
}

func TestElectionsOfAllTopics(t *testing.T) {
	f := newFilter(t, nil, analyst("full"))
	denied(t, f, &kmsg.ElectLeadersRequest{Version: 2})
	forward(t, f, &kmsg.ElectLeadersRequest{Version: 2, Topics: []kmsg.ElectLeadersRequestTopic{{Topic: "orders"}}})
}
