//go:build !js

package client

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
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

func TestMembersOnApacheKafka(t *testing.T) {
	brokers := kafkatest.Start(t, kafkatest.Options{Brokers: 1}).Bootstrap()
	t.Run("sticky", func(t *testing.T) { shareATopic(t, groupWorldOn(t, brokers, 2)) })
	t.Run("range", func(t *testing.T) { shareWithRange(t, groupWorldOn(t, brokers, 2)) })
	t.Run("static", func(t *testing.T) { keepPlace(t, groupWorldOn(t, brokers, 1)) })
	t.Run("a second one of an instance", func(t *testing.T) { takePlace(t, groupWorldOn(t, brokers, 1)) })
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

func TestAStaticMemberKeepsItsPlace(t *testing.T) { keepPlace(t, newGroupWorld(t, 1)) }

func keepPlace(t *testing.T, w *groupWorld) {
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

func TestASecondMemberOfAnInstanceTakesItsPlace(t *testing.T) { takePlace(t, newGroupWorld(t, 1)) }

func takePlace(t *testing.T, w *groupWorld) {
	first := w.join(t, map[string]any{"instanceId": "tab"}, &memberPage{})
	w.expect(t, first, "assigned 0")
	second := w.join(t, map[string]any{"instanceId": "tab"}, &memberPage{})
	w.expect(t, second, "assigned 0")
	w.expect(t, first, "lost 0")
	if e, _ := first.ended(w.ctx, t); e == nil || e.Code != "FENCED_INSTANCE_ID" {
		t.Errorf("the first member ended with %v", e)
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
