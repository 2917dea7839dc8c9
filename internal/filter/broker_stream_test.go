package filter

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// unseen is in each name of a generated answer that no policy of brokerStream lets a client see.
const unseen = "unseen"

// unseenID is the id of a topic that no policy lets a client see, strangeID of one that the cluster doesn't know.
var unseenID, strangeID = func() (unseen, strange [16]byte) {
	copy(unseen[:], bytes.Repeat([]byte{0xfe}, 15))
	copy(strange[:], bytes.Repeat([]byte{0xfd}, 15))
	unseen[15], strange[15] = 3, 9 // as topicNames has them
	return unseen, strange
}()

// A brokerStream is what a broker answers on one connection.
type brokerStream struct {
	requests []*kafkamessage.Definition
	answers  map[int16]*kafkamessage.Definition
	rights   []*policy.Rights
	rewrote  map[int16]int // answers, by key
}

func newBrokerStream(t testing.TB) *brokerStream {
	t.Helper()
	s := &brokerStream{
		requests: definitionsOf(t, "request"), answers: map[int16]*kafkamessage.Definition{},
		rights:  streamRights(t)[:len(streamPolicies)-1], // the last sees all
		rewrote: map[int16]int{},
	}
	for _, d := range definitionsOf(t, "response") {
		s.answers[d.Key] = d
	}
	return s
}

// run sends some requests, has a broker answer them as choices make it, and fails if an answer shows the
// client what it may not see.
func (s *brokerStream) run(t testing.TB, c *kafkamessage.Choices) {
	rights := kafkamessage.Pick(c, s.rights)
	f := New(Options{Rights: func() *policy.Rights { return rights }, Identity: "ci", TopicNames: topicNames, HeldSASL: true})
	var forwarded []kmsg.Request
	for range 1 + c.Below(4) {
		b := generate(c, s.requests, rights, requestNames)
		frame, err := f.Request(context.Background(), b)
		if f.Pending() > len(forwarded) {
			forwarded = append(forwarded, parse(t, frame))
		}
		if err != nil {
			break
		}
	}
	for f.Local(); len(forwarded) > 0; f.Local() {
		if !s.answer(t, c, f, forwarded[0]) {
			return
		}
		forwarded = forwarded[1:]
	}
	if rewrite, err := f.Response(0, 100); rewrite != nil || err == nil {
		t.Fatal("an answer to no request is passed on")
	}
}

// answer has the broker answer a request. It returns false if the connection ends.
func (s *brokerStream) answer(t testing.TB, c *kafkamessage.Choices, f *Filter, req kmsg.Request) bool {
	t.Helper()
	correlationID := f.queue.entries[0].correlationID
	if c.OneIn(32) {
		if _, err := f.Response(correlationID+1, 100); err == nil {
			t.Fatal("an answer with another correlation id is passed on")
		}
		return false
	}
	flaws := kafkamessage.Pick(c, []int{0, 0, 0, 0, 1, 3})
	answer := s.generate(c, req, correlationID, flaws)
	rewrite, err := f.Response(correlationID, len(answer))
	if err != nil {
		t.Fatal(err)
	}
	hides := listedAnswers[req.Key()] != nil && listedAnswers[req.Key()](req)
	if rewrite == nil {
		if hides {
			t.Fatalf("the answer to %+v isn't looked at", req)
		}
		f.Done()
		return true
	}
	before := allocated()
	frame, err := rewrite(t.Context(), answer)
	if grown := allocated() - before; grown > 4<<20+1000*uint64(len(answer)) {
		t.Fatalf("%d bytes take %d of memory", len(answer), grown)
	}
	f.Done()
	if err != nil {
		if _, ok := errors.AsType[*tunnel.CloseError](err); !ok {
			t.Fatalf("another error: %v", err)
		}
		return false
	}
	resp := parseAnswer(t, frame, req)
	s.rewrote[req.Key()]++
	if flaws > 0 { // whatever it names may be anything else, read so
		return true
	}
	if hides && (bytes.Contains(frame, []byte(unseen)) || bytes.Contains(frame, unseenID[:]) || bytes.Contains(frame, strangeID[:])) {
		t.Fatalf("the client sees what it may not in\n%+v\nfor\n%+v", resp, req)
	}
	if m, ok := req.(*kmsg.MetadataRequest); !ok || hides || m.IncludeTopicAuthorizedOperations || m.IncludeClusterAuthorizedOperations {
		checkOperations(t, f.options.Rights(), reflect.ValueOf(resp).Elem())
	}
	return true
}

// generate returns an answer without its length.
func (s *brokerStream) generate(c *kafkamessage.Choices, req kmsg.Request, correlationID int32, flaws int) []byte {
	names := &kafkamessage.Names{
		Topics:   []string{"orders", "orders-eu", unseen, "_" + unseen, unseen + "\xff"},
		TopicIDs: [][16]byte{id(1), id(2)},
		Groups:   groupsOf(reflect.ValueOf(req).Elem()),
		Members:  []string{"m"},
		Others:   []string{"consumer"},
		Bytes:    [][]byte{{}, []byte("data")},
		Tags:     [][]byte{{}, []byte("x"), []byte(unseen)},
	}
	names.TransactionalIDs = []string{"tx"}
	switch req.Key() {
	case 9, 78: // whose answers have ids without names
		names.TopicIDs = append(names.TopicIDs, unseenID, strangeID)
	case keyDescribeGroups:
		names.Bytes = memberData()
	case 16:
		names.Groups = []string{"mine", "_" + unseen}
	case 66:
		names.TransactionalIDs = []string{"tx", unseen}
	}
	b := binary.BigEndian.AppendUint32(nil, uint32(correlationID))
	if flexibleHeader(req.ResponseKind()) {
		b = append(b, kafkamessage.Pick(c, headerTags)...)
	}
	b = s.answers[req.Key()].Append(b, req.GetVersion(), c, names, flaws)
	if c.OneIn(16) {
		b = b[:4+c.Below(len(b)-3)]
	}
	return b
}

// Whatever a broker answers, the client sees nothing that its policy hides.
func FuzzBrokerStream(f *testing.F) {
	s := newBrokerStream(f)
	for i, d := range s.requests {
		for policy := range s.rights {
			f.Add([]byte{byte(policy), 0, byte(i), 0, byte(d.Valid.Highest() - d.Valid.Lowest())}) // as run and generate choose
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) <= 1<<12 {
			s.run(t, kafkamessage.NewChoices(b))
		}
	})
}

// A number of streams, for each run of the tests.
func TestNothingHiddenIsSeen(t *testing.T) {
	s := newBrokerStream(t)
	for n := range uint64(5000) {
		s.run(t, numbered(n))
	}
	for key := range listedAnswers {
		if s.rewrote[key] == 0 {
			t.Errorf("no answer to %s was rewritten", policy.APIName(key))
		}
	}
}
