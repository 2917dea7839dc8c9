package filter

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// Topic ids of the tests. id(9) is of no topic.
func id(n byte) (id [16]byte) { id[15] = n; return id }

func topicNames(_ context.Context, ids [][16]byte) map[[16]byte]string {
	names := map[[16]byte]string{}
	for _, id := range ids {
		if name, ok := map[byte]string{1: "orders", 2: "orders-eu", 3: "secret", 4: "made"}[id[15]]; ok {
			names[id] = name
		}
	}
	return names
}

// analyst is a policy for some topics, groups and transactional ids.
func analyst(allow ...string) policy.Policy {
	return policy.Policy{
		Identities:       []string{"ci"},
		Allow:            allow,
		Topics:           []string{"orders*"},
		ConsumerGroups:   policy.ConsumerGroups{See: []string{"*"}, Join: []string{"mine*"}},
		TransactionalIDs: []string{"tx*"},
	}
}

func newFilter(t testing.TB, change func(*Options), policies ...policy.Policy) *Filter {
	t.Helper()
	set, err := policy.New(policies)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Rights:     func() *policy.Rights { return set.Rights("prod", "ci", nil) },
		Identity:   "ci",
		TopicNames: topicNames,
		HeldSASL:   true,
	}
	if change != nil {
		change(&o)
	}
	return New(o)
}

// request returns a request as a client sends it, without its length.
func request(correlationID int32, req kmsg.Request) []byte {
	return kmsg.NewRequestFormatter(kmsg.FormatterClientID("app")).AppendRequest(nil, req, correlationID)[4:]
}

// forward has the filter take a request, which must be forwarded, and returns what arrives at the broker.
func forward(t testing.TB, f *Filter, req kmsg.Request) kmsg.Request {
	t.Helper()
	frame, err := f.Request(t.Context(), request(7, req))
	if err != nil {
		t.Fatal(err)
	}
	if frame == nil {
		t.Fatalf("not forwarded but answered: %#v", answered(t, f, req))
	}
	return parse(t, frame)
}

// parse parses a frame that goes to the broker.
func parse(t testing.TB, parts net.Buffers) kmsg.Request {
	t.Helper()
	frame := bytes.Join(parts, nil)
	if int(binary.BigEndian.Uint32(frame)) != len(frame)-4 {
		t.Fatal("the frame has another length")
	}
	h, rest, err := parseHeader(frame[4:])
	if err != nil {
		t.Fatal(err)
	}
	req := kmsg.RequestForKey(h.key)
	req.SetVersion(h.version)
	body, err := h.parseClientID(rest, req.IsFlexible())
	if err != nil {
		t.Fatal(err)
	}
	if err = readRequest(req, body); err != nil {
		t.Fatal(err)
	}
	return req
}

// answered returns the filter's own answer to req.
func answered(t testing.TB, f *Filter, req kmsg.Request) kmsg.Response {
	t.Helper()
	frame := f.Local()
	if frame == nil {
		t.Fatal("the filter has no answer")
	}
	return parseAnswer(t, frame, req)
}

func parseAnswer(t testing.TB, frame []byte, req kmsg.Request) kmsg.Response {
	t.Helper()
	if int(binary.BigEndian.Uint32(frame)) != len(frame)-4 {
		t.Fatal("the frame has another length")
	}
	resp := req.ResponseKind()
	body := frame[8:]
	if flexibleHeader(resp) {
		body = body[1:]
	}
	if err := resp.ReadFrom(body); err != nil {
		t.Fatal(err)
	}
	return resp
}

// denied has the filter take a request that it must answer itself, and returns the answer.
func denied(t testing.TB, f *Filter, req kmsg.Request) kmsg.Response {
	t.Helper()
	frame, err := f.Request(t.Context(), request(7, req))
	if err != nil {
		t.Fatal(err)
	}
	if frame != nil {
		t.Fatalf("forwarded: %#v", parse(t, frame))
	}
	return answered(t, f, req)
}

// reply passes the broker's answer to the last request, and returns what the client gets.
func reply(t testing.TB, f *Filter, req kmsg.Request, resp kmsg.Response) kmsg.Response {
	t.Helper()
	resp.SetVersion(req.GetVersion())
	frame := appendResponse(nil, 7, resp)
	rewrite, err := f.Response(7, len(frame)-4)
	if err != nil {
		t.Fatal(err)
	}
	if rewrite != nil {
		if frame, err = rewrite(t.Context(), frame[4:]); err != nil {
			t.Fatal(err)
		}
	}
	f.Done()
	return parseAnswer(t, frame, req)
}

// closed has the filter take bytes that must end the connection.
func closed(t testing.TB, f *Filter, b []byte) *tunnel.CloseError {
	t.Helper()
	frame, err := f.Request(t.Context(), b)
	e, ok := errors.AsType[*tunnel.CloseError](err)
	if !ok || e.Code != tunnel.CodeDenied || !e.ReasonIs(tunnel.ReasonDenied) {
		t.Fatalf("the connection goes on: %v", err)
	}
	if frame != nil {
		t.Fatal("something is forwarded")
	}
	return e
}

func at[R kmsg.Request](version int16, req R) R {
	req.SetVersion(version)
	return req
}
