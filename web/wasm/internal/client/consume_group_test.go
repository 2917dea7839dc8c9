//go:build !js

package client

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestAMemberReadsOnFromWhatTheGroupHasCommitted(t *testing.T) {
	w := newGroupWorld(t, 1)
	w.writeTo(t, 0, "before")
	first := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 2)} }})
	w.expect(t, first, "assigned 0")
	w.waitUntilRead(t, first)
	w.writeTo(t, 0, "a", "b")
	if got := w.batchOf(t, first, 0); string(got.Records[0].Value) != "a" {
		t.Errorf("a group that has committed nothing begins with %q, want the end", got.Records[0].Value)
	}
	first.Cancel()
	w.expect(t, first, "revoked 0")
	if _, leaving := first.ended(w.ctx, t); leaving != nil {
		t.Error(leaving)
	}
	if got := w.committed(t, 0); got != 2 {
		t.Errorf("at its end the group has committed %d", got)
	}
	if n := w.groupMembers(t); n != 0 {
		t.Errorf("the group has %d members", n)
	}
	second := w.join(t, nil, &memberPage{})
	w.expect(t, second, "assigned 0")
	if got := w.batchOf(t, second, 0); string(got.Records[0].Value) != "b" {
		t.Errorf("the group goes on with %q", got.Records[0].Value)
	}
}

func TestTwoMembersShareATopic(t *testing.T) { shareATopic(t, newGroupWorld(t, 2)) }

func TestTwoMembersShareATopicOfApacheKafka(t *testing.T) {
	brokers := kafkatest.Start(t, kafkatest.Options{Brokers: 1}).Bootstrap()
	t.Run("sticky", func(t *testing.T) { shareATopic(t, groupWorldOn(t, brokers, 2)) })
	t.Run("range", func(t *testing.T) { shareWithRange(t, groupWorldOn(t, brokers, 2)) })
}

func shareATopic(t *testing.T, w *groupWorld) {
	first := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 0), w.at(1, 0)} }})
	w.expect(t, first, "assigned 0 1")
	second := w.join(t, nil, &memberPage{})
	told := <-first.told
	partition, ok := strings.CutPrefix(told, "revoked ")
	if !ok || len(partition) != 1 {
		t.Fatalf("the first member was told %q", told)
	}
	w.expect(t, second, "assigned "+partition)
	second.Cancel()
	w.expect(t, second, "revoked "+partition)
	w.expect(t, first, "assigned "+partition)
	if _, err := first.On(w.ctx, "consume.commit", map[string]any{"offsets": []any{w.at(0, 5), w.at(1, 6)}}, nil); err != nil {
		t.Error(err)
	}
	if a, b := w.committed(t, 0), w.committed(t, 1); a != 5 || b != 6 {
		t.Errorf("%d and %d are committed", a, b)
	}
}

// TestAMemberThatOnlyHasRangeJoins: with it, all partitions are given up before they are assigned anew.
func TestAMemberThatOnlyHasRangeJoins(t *testing.T) { shareWithRange(t, newGroupWorld(t, 2)) }

func shareWithRange(t *testing.T, w *groupWorld) {
	first := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 3), w.at(1, 4)} }})
	w.expect(t, first, "assigned 0 1")
	other, err := kgo.NewClient(kgo.SeedBrokers(w.brokers...), kgo.ConsumerGroup(w.name), kgo.ConsumeTopics(w.name), kgo.Balancers(kgo.RangeBalancer()))
	if err != nil {
		t.Fatal(err)
	}
	w.expect(t, first, "revoked 0 1")
	told := <-first.told
	if told != "assigned 0" && told != "assigned 1" {
		t.Errorf("then it was told %q", told)
	}
	if a, b := w.committed(t, 0), w.committed(t, 1); a != 3 || b != 4 {
		t.Errorf("%d and %d are committed", a, b)
	}
	other.Close()
	w.expect(t, first, strings.Replace(told, "assigned", "revoked", 1))
	w.expect(t, first, "assigned 0 1")
}

// TestACallbackThatTakesLongKeepsItsMembership has onRevoked wait for heartbeats.
func TestACallbackThatTakesLongKeepsItsMembership(t *testing.T) {
	w := newGroupWorld(t, 2)
	revoking, release := make(chan struct{}, 64), make(chan struct{})
	first := w.join(t, nil, &memberPage{answer: func(_ context.Context, told string) error {
		if strings.HasPrefix(told, "revoked") {
			revoking <- struct{}{}
			<-release
		}
		return nil
	}})
	w.expect(t, first, "assigned 0 1")
	second := w.join(t, nil, &memberPage{})
	<-revoking
	beats := make(chan struct{}, 64)
	w.cluster.ControlKey(int16(kmsg.Heartbeat), func(kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		beats <- struct{}{}
		return nil, nil, false
	})
	for range 4 { // of two members
		<-beats
	}
	select {
	case told := <-second.told:
		t.Errorf("while the callback runs, the other member is told %q", told)
	default:
	}
	close(release)
	partition := strings.TrimPrefix(<-first.told, "revoked ")
	w.expect(t, second, "assigned "+partition)
}

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

// TestAMemberThatIsCountedNoLongerJoinsAgain covers a session that timed out, too: brokers say the same.
func TestAMemberThatIsCountedNoLongerJoinsAgain(t *testing.T) {
	for _, code := range []*kerr.Error{kerr.UnknownMemberID, kerr.IllegalGeneration} {
		t.Run(code.Message, func(t *testing.T) {
			w := newGroupWorld(t, 1)
			m := w.join(t, nil, &memberPage{finished: func() []any { return []any{w.at(0, 3)} }})
			w.expect(t, m, "assigned 0")
			refuseFor(w, kmsg.Heartbeat, 1, func(req kmsg.Request) kmsg.Response {
				resp := req.ResponseKind().(*kmsg.HeartbeatResponse)
				resp.ErrorCode = code.Code
				return resp
			})
			w.expect(t, m, "lost 0")
			w.expect(t, m, "assigned 0")
			w.waitUntilRead(t, m)
		})
	}
}

func TestAStaticMemberKeepsItsPlace(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, map[string]any{"instanceId": "tab"}, &memberPage{})
	w.expect(t, m, "assigned 0")
	m.Cancel()
	m.ended(w.ctx, t)
	if n := w.groupMembers(t); n != 1 {
		t.Errorf("the group has %d members", n)
	}
	again := w.join(t, map[string]any{"instanceId": "tab"}, &memberPage{})
	w.expect(t, again, "assigned 0")
}

// TestASecondMemberOfAnInstanceTakesItsPlace: the first can't go on, or both would for ever take it from each other.
func TestASecondMemberOfAnInstanceTakesItsPlace(t *testing.T) {
	w := newGroupWorld(t, 1)
	first := w.join(t, map[string]any{"instanceId": "tab"}, &memberPage{})
	w.expect(t, first, "assigned 0")
	second := w.join(t, map[string]any{"instanceId": "tab"}, &memberPage{})
	w.expect(t, second, "assigned 0")
	w.expect(t, first, "lost 0")
	if e, _ := first.ended(w.ctx, t); e == nil || e.Code != "FENCED_INSTANCE_ID" {
		t.Errorf("the first member ended with %v", e)
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
}

// TestTheLastCommitFails: nobody would know otherwise that records are read twice.
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

func TestACallbackThatThrowsEndsTheReading(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{answer: func(_ context.Context, told string) error {
		if told == "assigned 0" {
			return errors.New("thrown")
		}
		return nil
	}})
	w.expect(t, m, "assigned 0")
	if e, _ := m.ended(w.ctx, t); e == nil || e.Code != port.CodeCallback || e.Question == 0 {
		t.Errorf("it ended with %+v", e)
	}
	w.expect(t, m, "revoked 0")
	throws := w.join(t, nil, &memberPage{
		answer: func(_ context.Context, told string) error {
			if told == "revoked 0" {
				return errors.New("thrown")
			}
			return nil
		},
		finished: func() []any { return []any{w.at(0, 3)} },
	})
	w.expect(t, throws, "assigned 0")
	throws.Cancel()
	if _, leaving := throws.ended(w.ctx, t); leaving == nil || leaving.Code != port.CodeCallback {
		t.Errorf("when it left, failed: %v", leaving)
	}
	if got := w.committed(t, 0); got != 3 {
		t.Errorf("the group has committed %d", got)
	}
}

// TestACallbackThatNeverSettlesDoesntKeepTheClientOpen: the page gives the Worker 3 s.
func TestACallbackThatNeverSettlesDoesntKeepTheClientOpen(t *testing.T) {
	for _, callback := range []string{"assigned 0", "revoked 0"} {
		t.Run(callback, func(t *testing.T) {
			w := newGroupWorld(t, 1)
			m := w.join(t, nil, &memberPage{
				answer: func(ctx context.Context, told string) error {
					if told == callback {
						<-ctx.Done()
					}
					return nil
				},
				finished: func() []any { return []any{w.at(0, 3)} },
			})
			w.expect(t, m, "assigned 0")
			began := time.Now()
			w.connection.Cancel()
			if _, err := w.connection.Result(w.ctx); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("closing took %v", took)
			}
			if got := w.committed(t, 0); got != 3 {
				t.Errorf("the group has committed %d", got)
			}
		})
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

func TestAGroupThatMayNotBeJoinedEndsTheReading(t *testing.T) {
	w := newGroupWorld(t, 1)
	refuseFor(w, kmsg.JoinGroup, 99, func(req kmsg.Request) kmsg.Response {
		resp := req.ResponseKind().(*kmsg.JoinGroupResponse)
		resp.ErrorCode = kerr.GroupAuthorizationFailed.Code
		return resp
	})
	m := w.join(t, nil, &memberPage{})
	if e, _ := m.ended(w.ctx, t); e == nil || e.Code != "GROUP_AUTHORIZATION_FAILED" {
		t.Errorf("it ended with %v", e)
	}
}

func TestACoordinatorThatIsMissingIsReported(t *testing.T) {
	w := newGroupWorld(t, 1)
	refuseFor(w, kmsg.JoinGroup, 99, func(req kmsg.Request) kmsg.Response {
		resp := req.ResponseKind().(*kmsg.JoinGroupResponse)
		resp.ErrorCode = kerr.CoordinatorNotAvailable.Code
		return resp
	})
	m := w.join(t, nil, &memberPage{})
	select {
	case e := <-m.retries:
		if e.Code != "COORDINATOR_NOT_AVAILABLE" {
			t.Errorf("the page was told %v", e)
		}
	case <-w.ctx.Done():
		t.Fatal("the page wasn't told")
	}
}

func TestAPartitionThatIsAddedIsReadFromItsBeginning(t *testing.T) {
	w := newGroupWorld(t, 1)
	m := w.join(t, nil, &memberPage{})
	w.expect(t, m, "assigned 0")
	w.waitUntilRead(t, m)
	if _, err := kadm.NewClient(w.writer).CreatePartitions(w.ctx, 1, "g"); err != nil {
		t.Fatal(err)
	}
	w.writeTo(t, 1, "first")
	w.expect(t, m, "assigned 1")
	if got := w.batchOf(t, m, 1); string(got.Records[0].Value) != "first" {
		t.Errorf("it begins with %q", got.Records[0].Value)
	}
}
