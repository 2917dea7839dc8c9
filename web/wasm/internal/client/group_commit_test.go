//go:build !js

package client

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestOnRevokedMayCommit(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := &memberPage{}
	m.answer = func(ctx context.Context, told string) error {
		if told != "revoked 0" {
			return nil
		}
		_, err := m.On(ctx, "consume.commit", map[string]any{"offsets": []any{w.at(0, 7)}}, nil)
		return err
	}
	w.join(t, map[string]any{"autoCommit": false}, m)
	w.expect(t, m, "assigned 0")
	m.Cancel()
	if _, leaving := m.ended(w.ctx, t); leaving != nil {
		t.Error(leaving)
	}
	if got := w.committed(t, 0); got != 7 {
		t.Errorf("the group has committed %d", got)
	}
}

func TestClosingTheClientCommits(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 3)} }})
	w.expect(t, m, "assigned 0")
	w.connection.Cancel()
	if _, err := w.connection.Result(w.ctx); err != nil {
		t.Error(err)
	}
	if got := w.committed(t, 0); got != 3 {
		t.Errorf("the group has committed %d", got)
	}
}

// TestClosingTheClientWaitsForACommit holds for a busy broker. Without the commit the records would come again.
func TestClosingTheClientWaitsForACommit(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 3)} }})
	w.expect(t, m, "assigned 0")
	w.cluster.ControlKey(int16(kmsg.OffsetCommit), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.SleepControl(func() { time.Sleep(3500 * time.Millisecond) })
		return nil, nil, false
	})
	w.connection.Cancel()
	if _, leaving := m.ended(w.ctx, t); leaving != nil {
		t.Error(leaving)
	}
	if got := w.committed(t, 0); got != 3 {
		t.Errorf("the group has committed %d", got)
	}
}

// TestACommitThatIsUnderWayWhenTheClientClosesSucceeds holds for a busy broker: the page learns what became of it.
func TestACommitThatIsUnderWayWhenTheClientClosesSucceeds(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, map[string]any{"autoCommit": false}, &memberPage{})
	w.expect(t, m, "assigned 0")
	came, closing := make(chan struct{}), make(chan struct{})
	w.cluster.ControlKey(int16(kmsg.OffsetCommit), func(kmsg.Request) (kmsg.Response, error, bool) {
		close(came)
		w.cluster.SleepControl(func() { <-closing })
		return nil, nil, false
	})
	commit := make(chan error, 1)
	go func() {
		_, err := m.On(w.ctx, "consume.commit", map[string]any{"offsets": []any{w.at(0, 7)}}, nil)
		commit <- err
	}()
	await(w.ctx, t, came)
	w.connection.Cancel()
	for {
		if _, err := w.page.Do(w.ctx, "cluster", nil); err != nil {
			break // the client takes no calls any more
		}
	}
	close(closing)
	if err := <-commit; err != nil {
		t.Error(err)
	}
	if _, err := w.connection.Result(w.ctx); err != nil {
		t.Error(err)
	}
	if got := w.committed(t, 0); got != 7 {
		t.Errorf("the group has committed %d", got)
	}
}

// TestAMemberLeavesThoughACommitDoesntEnd holds that the others of the group needn't wait for the session's end.
func TestAMemberLeavesThoughACommitDoesntEnd(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := &memberPage{}
	came := make(chan struct{})
	var once sync.Once
	commit := make(chan error, 1)
	m.answer = func(_ context.Context, told string) error {
		if told == "revoked 0" {
			go func() {
				_, err := m.On(w.ctx, "consume.commit", map[string]any{"offsets": []any{w.at(0, 7)}}, nil)
				commit <- err
			}()
			<-came
		}
		return nil
	}
	w.join(t, map[string]any{"autoCommit": false}, m)
	w.expect(t, m, "assigned 0")
	w.cluster.ControlKey(int16(kmsg.OffsetCommit), func(req kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		once.Do(func() { close(came) })
		commit := req.(*kmsg.OffsetCommitRequest)
		resp := commit.ResponseKind().(*kmsg.OffsetCommitResponse)
		for _, topic := range commit.Topics {
			answer := kmsg.NewOffsetCommitResponseTopic()
			answer.Topic, answer.TopicID = topic.Topic, topic.TopicID
			for _, p := range topic.Partitions {
				refused := kmsg.NewOffsetCommitResponseTopicPartition()
				refused.Partition, refused.ErrorCode = p.Partition, kerr.CoordinatorLoadInProgress.Code // kgo tries again
				answer.Partitions = append(answer.Partitions, refused)
			}
			resp.Topics = append(resp.Topics, answer)
		}
		return resp, nil, true
	})
	var left atomic.Bool
	w.cluster.ControlKey(int16(kmsg.LeaveGroup), func(kmsg.Request) (kmsg.Response, error, bool) {
		left.Store(true)
		return nil, nil, false
	})
	m.Cancel()
	m.ended(w.ctx, t)
	if !left.Load() {
		t.Error("the member has sent no LeaveGroup")
	}
	if err := <-commit; err == nil {
		t.Error("a commit that was never taken succeeded")
	}
}

func TestWithoutAutoCommitNothingIsCommitted(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, map[string]any{"autoCommit": false}, &memberPage{finished: func() []any { return []any{w.at(0, 1)} }})
	w.expect(t, m, "assigned 0")
	m.Cancel()
	m.ended(w.ctx, t)
	if got := w.committed(t, 0); got != -1 {
		t.Errorf("the group has committed %d", got)
	}
}

func TestWhatTheLoopHasFinishedWithIsCommittedNowAndAgain(t *testing.T) {
	w := newGroupWorld(t, 1)
	commits := make(chan int64, 64)
	w.cluster.ControlKey(int16(kmsg.OffsetCommit), func(req kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		commits <- req.(*kmsg.OffsetCommitRequest).Topics[0].Partitions[0].Offset
		return nil, nil, false
	})
	var offset atomic.Int64
	m := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, offset.Add(1))} }})
	w.expect(t, m, "assigned 0")
	for _, want := range []int64{1, 2} {
		select {
		case got := <-commits:
			if got != want {
				t.Errorf("%d is committed, want %d", got, want)
			}
		case <-w.ctx.Done():
			t.Fatal("nothing is committed")
		}
	}
}

func TestTheCoordinatorMoves(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{})
	w.expect(t, m, "assigned 0")
	for was := w.cluster.CoordinatorFor("g"); w.cluster.CoordinatorFor("g") == was; {
		w.cluster.RehashCoordinators()
	}
	if _, err := m.On(w.ctx, "consume.commit", map[string]any{"offsets": []any{w.at(0, 7)}}, nil); err != nil {
		t.Error(err)
	}
	if got := w.committed(t, 0); got != 7 {
		t.Errorf("the group has committed %d", got)
	}
	m.Cancel()
	w.expect(t, m, "revoked 0") // which it still had
}

func commitAnswer(req kmsg.Request, code *kerr.Error) kmsg.Response {
	asked, resp := req.(*kmsg.OffsetCommitRequest), req.ResponseKind().(*kmsg.OffsetCommitResponse)
	for _, t := range asked.Topics {
		topic := kmsg.NewOffsetCommitResponseTopic()
		topic.Topic, topic.TopicID = t.Topic, t.TopicID
		for _, p := range t.Partitions {
			topic.Partitions = append(topic.Partitions, kmsg.OffsetCommitResponseTopicPartition{Partition: p.Partition, ErrorCode: code.Code})
		}
		resp.Topics = append(resp.Topics, topic)
	}
	return resp
}

func TestACommitFails(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{})
	w.expect(t, m, "assigned 0")
	commit := func(offset any) error {
		_, err := m.On(w.ctx, "consume.commit", map[string]any{"offsets": []any{offset}}, nil)
		return err
	}
	if e := failure(t, commit(w.at(7, 1))); e.Code != "ILLEGAL_GENERATION" || *e.Partition != 7 || e.OutcomeUnknown {
		t.Errorf("a commit of a partition that isn't assigned: %+v", e)
	}
	refuseFor(w, kmsg.OffsetCommit, 1, func(req kmsg.Request) kmsg.Response { return commitAnswer(req, kerr.RebalanceInProgress) })
	if e := failure(t, commit(w.at(0, 1))); e.Code != "REBALANCE_IN_PROGRESS" || e.Topic != "g" || *e.Partition != 0 {
		t.Errorf("a commit during a rebalance: %+v", e)
	}
	refuseFor(w, kmsg.OffsetCommit, 1, func(req kmsg.Request) kmsg.Response { return commitAnswer(req, kerr.UnknownMemberID) })
	if e := failure(t, commit(w.at(0, 1))); e.Code != "UNKNOWN_MEMBER_ID" {
		t.Errorf("a commit of a member that isn't one: %+v", e)
	}
	refuseFor(w, kmsg.OffsetCommit, 1, func(req kmsg.Request) kmsg.Response { return commitAnswer(req, kerr.RequestTimedOut) })
	if e := failure(t, commit(w.at(0, 1))); e.Code != "REQUEST_TIMED_OUT" || !e.OutcomeUnknown {
		t.Errorf("a commit that the brokers have not copied in time: %+v", e)
	}
}

func TestTheLastCommitFails(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 3)} }})
	w.expect(t, m, "assigned 0")
	refuseFor(w, kmsg.OffsetCommit, 9, func(req kmsg.Request) kmsg.Response { return commitAnswer(req, kerr.GroupAuthorizationFailed) })
	m.Cancel()
	if _, leaving := m.ended(w.ctx, t); leaving == nil || leaving.Code != "GROUP_AUTHORIZATION_FAILED" {
		t.Errorf("when it left, failed: %v", leaving)
	}
}

func TestAReadOnlyClientCommitsNothing(t *testing.T) {
	w := newGroupWorld(t, 1)
	ctx, page, _ := connectTo(t, map[string]any{"bridge": w.bridge, "readOnly": true})
	consume := func(autoCommit bool) error {
		call := page.Start(nil, "consume", map[string]any{"topics": []string{w.name}, "group": map[string]any{"id": w.name, "autoCommit": autoCommit}}, nil, 5)
		if autoCommit {
			_, err := call.Result(ctx)
			return err
		}
		call.Item(ctx)
		_, err := call.On(ctx, "consume.commit", map[string]any{"offsets": []any{w.at(0, 1)}}, nil)
		return err
	}
	for _, autoCommit := range []bool{true, false} {
		if e := failure(t, consume(autoCommit)); e.Code != codeReadOnly {
			t.Errorf("autoCommit %v: %v", autoCommit, e)
		}
	}
}
