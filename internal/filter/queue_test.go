package filter

import (
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestAnswersKeepTheirOrder(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	send := func(req kmsg.Request) {
		if _, err := f.Request(t.Context(), request(7, req)); err != nil {
			t.Fatal(err)
		}
	}
	allowed := at(4, kmsg.NewPtrListGroupsRequest())
	denied := at(4, kmsg.NewPtrHeartbeatRequest()) // of a group that may not be joined
	send(denied)
	if f.Local() == nil {
		t.Fatal("the first answer doesn't come at once")
	}
	send(allowed)
	send(denied)
	send(allowed) // all with the same correlation id
	send(denied)
	send(denied)
	if f.Local() != nil {
		t.Fatal("an answer came before its turn")
	}
	if f.Pending() != 2 {
		t.Errorf("%d wait for the broker", f.Pending())
	}
	for _, want := range []int{1, 2} {
		if _, err := f.Response(7, 10); err != nil {
			t.Fatal(err)
		}
		if f.Local() != nil {
			t.Fatal("an answer came within another")
		}
		f.Done()
		one := len(appendResponse(nil, 7, errorResponse(denied, errGroupAuthorization)))
		if n := len(f.Local()) / one; n != want {
			t.Errorf("%d answers follow, want %d", n, want)
		}
	}
	if _, err := f.Response(7, 10); err == nil {
		t.Error("an answer that answers nobody is passed on")
	}
}

func TestAnswerWithAnotherCorrelationIDEndsTheConnection(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	forward(t, f, at(4, kmsg.NewPtrListGroupsRequest()))
	if _, err := f.Response(8, 10); err == nil {
		t.Error("it is passed on")
	}
}

func TestQueueIsBounded(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	n := 0
	for ; !f.Full(); n++ {
		forward(t, f, at(4, kmsg.NewPtrListGroupsRequest()))
	}
	if n != maxEntries {
		t.Errorf("full at %d entries", n)
	}

	f = newFilter(t, nil, analyst("read-only"))
	forward(t, f, at(4, kmsg.NewPtrListGroupsRequest()))
	req := at(2, kmsg.NewPtrDeleteGroupsRequest())
	req.Groups = slices.Repeat([]string{"one group"}, maxListed)
	if _, err := f.Request(t.Context(), request(7, req)); err != nil || !f.Full() {
		t.Error("a large answer doesn't fill the queue", err)
	}
}
