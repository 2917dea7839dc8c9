//go:build !js

package client

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// openSocket opens a socket of a client that is connected with options.
func openSocket(t *testing.T, options map[string]any, broker any) (context.Context, *porttest.Call) {
	t.Helper()
	ctx, page, _ := connectTo(t, options)
	socket := page.Start(nil, "socket", map[string]any{"broker": broker}, nil, 1)
	socket.Item(ctx)
	return ctx, socket
}

// requestOn sends a request on a socket and decodes the response.
func requestOn(ctx context.Context, socket *porttest.Call, req kmsg.Request) (kmsg.Response, error) {
	body, err := socket.On(ctx, "socket.request", map[string]any{"apiKey": req.Key(), "apiVersion": req.GetVersion()}, req.AppendTo(nil))
	if err != nil {
		return nil, err
	}
	resp := req.ResponseKind()
	return resp, resp.ReadFrom(body.([]byte))
}

func TestRequestsHaveTheHeaderThatTheyWant(t *testing.T) {
	brokers := newCluster(t)
	ctx, socket := openSocket(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: brokers})}, 1)
	for _, version := range []int16{0, 8, 9, 12} { // from 9 on flexible
		req := kmsg.NewPtrMetadataRequest()
		req.SetVersion(version)
		resp, err := requestOn(ctx, socket, req)
		if err != nil {
			t.Fatal(err)
		}
		if m := resp.(*kmsg.MetadataResponse); len(m.Brokers) != len(brokers) {
			t.Errorf("version %d: %d brokers", version, len(m.Brokers))
		}
	}
	versions := kmsg.NewPtrApiVersionsRequest()
	versions.SetVersion(3)
	versions.ClientSoftwareName, versions.ClientSoftwareVersion = "test", "1"
	if resp, err := requestOn(ctx, socket, versions); err != nil || len(resp.(*kmsg.ApiVersionsResponse).ApiKeys) == 0 {
		t.Errorf("ApiVersions: %v, %v", resp, err)
	}
}

func TestRequestsThatMakeNoSenseAreRefused(t *testing.T) {
	ctx, socket := openSocket(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: newCluster(t)})}, 0)
	for _, options := range []map[string]any{
		{"apiKey": 9999, "apiVersion": 0}, {"apiKey": 3, "apiVersion": -1}, {"apiKey": 3, "apiVersion": 99},
	} {
		if _, err := socket.On(ctx, "socket.request", options, nil); failure(t, err).Code != codeMismatchArgument {
			t.Errorf("%v: %v", options, err)
		}
	}
	if _, err := socket.On(ctx, "socket.receive", map[string]any{"n": 0}, nil); failure(t, err).Code != codeMismatchArgument {
		t.Errorf("receive nothing: %v", err)
	}
}

func TestASocketIsAuthenticated(t *testing.T) {
	brokers := newCluster(t, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-256", "ann", "secret"))
	options := map[string]any{
		"bridge": bridgeTo(t, bridge.Config{Brokers: brokers}),
		"sasl":   map[string]any{"mechanism": "scram-sha-256", "username": "ann", "password": "secret"},
	}
	ctx, socket := openSocket(t, options, brokers[0])
	if _, err := requestOn(ctx, socket, kmsg.NewPtrMetadataRequest()); err != nil {
		t.Error(err)
	}
}

func TestAReadOnlySocketWritesNothing(t *testing.T) {
	ctx, socket := openSocket(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{Brokers: newCluster(t)}), "readOnly": true}, 0)
	creating := kmsg.NewPtrMetadataRequest()
	creating.SetVersion(9)
	creating.AllowAutoTopicCreation = true
	creating.Topics = []kmsg.MetadataRequestTopic{{Topic: kmsg.StringPtr("new")}}
	for _, req := range []kmsg.Request{kmsg.NewPtrProduceRequest(), kmsg.NewPtrDeleteTopicsRequest(), creating} {
		if _, err := requestOn(ctx, socket, req); failure(t, err).Code != codeReadOnly {
			t.Errorf("%s: %v", kmsg.NameForKey(req.Key()), err)
		}
	}
	if _, err := socket.On(ctx, "socket.send", nil, []byte("bytes")); failure(t, err).Code != codeReadOnly {
		t.Errorf("send: %v", err)
	}
	creating.AllowAutoTopicCreation = false
	if _, err := requestOn(ctx, socket, creating); err != nil {
		t.Errorf("a request that reads: %v", err)
	}
}

// besideKafka is a client whose bridge reaches a further server, of which it returns a socket.
func besideKafka(t *testing.T, addr string) (context.Context, *porttest.Call) {
	t.Helper()
	return openSocket(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{
		Brokers: newCluster(t), ConnectTo: map[string]string{"beside:9092": addr},
	})}, "beside:9092")
}

func TestBytesAreSentAndReceived(t *testing.T) {
	ctx, socket := besideKafka(t, testnet.Serve(t, testnet.Echo))
	if n, err := socket.On(ctx, "socket.send", nil, []byte("echo")); n != 4.0 || err != nil {
		t.Errorf("sent %v, %v", n, err)
	}
	got, err := socket.On(ctx, "socket.receive", map[string]any{"n": 4}, nil)
	if b, _ := got.([]byte); string(b) != "echo" || err != nil {
		t.Errorf("received %v, %v", got, err)
	}
	receive := socket.Start("socket.receive", map[string]any{"n": 1}, nil)
	receive.Cancel()
	if _, err := receive.Result(ctx); failure(t, err).Code != port.CodeAborted {
		t.Errorf("a receive that was cancelled: %v", err)
	}
	socket.Cancel()
	if _, err := socket.Result(ctx); err != nil {
		t.Errorf("the socket ended with %v", err)
	}
	if _, err := socket.On(ctx, "socket.send", nil, []byte("late")); failure(t, err).Code != "ERR_NO_CONNECTION" {
		t.Errorf("send on a closed socket: %v", err)
	}
}

func TestASocketEndsWithItsBroker(t *testing.T) {
	hangUp := make(chan struct{})
	ctx, socket := besideKafka(t, testnet.Serve(t, func(c net.Conn) { <-hangUp }))
	close(hangUp)
	if _, err := socket.Result(ctx); err != nil {
		t.Errorf("the socket ended with %v", err)
	}
}

func TestAReceiveThatTakesTooLongEndsTheSocket(t *testing.T) {
	ctx, socket := besideKafka(t, testnet.Serve(t, testnet.Discard))
	if _, err := socket.On(ctx, "socket.receive", map[string]any{"n": 1, "timeout": 250}, nil); failure(t, err).Code != "ERR_CANNOT_RECEIVE" {
		t.Error(err)
	}
	if _, err := socket.Result(ctx); err != nil {
		t.Errorf("the socket ended with %v", err)
	}
}

func TestASendThatIsCutShortLeavesOpenWhatTheBrokerDid(t *testing.T) {
	stalled := testnet.Serve(t, func(net.Conn) { <-t.Context().Done() })
	large := make([]byte, 32<<20)
	ctx, socket := besideKafka(t, stalled)
	_, err := socket.On(ctx, "socket.send", map[string]any{"timeout": 250}, large)
	if e := failure(t, err); e.Code != "ERR_CANNOT_SEND" || !e.OutcomeUnknown {
		t.Errorf("a send that took too long: %v, outcomeUnknown %t", e, e.OutcomeUnknown)
	}
	_, err = socket.On(ctx, "socket.send", nil, []byte("late"))
	if e := failure(t, err); e.OutcomeUnknown {
		t.Errorf("a send on a closed socket: %v, outcomeUnknown", e)
	}

	ctx, socket = besideKafka(t, stalled)
	send := socket.Start("socket.send", map[string]any{"timeout": 60_000}, large)
	send.Cancel()
	if _, err := send.Result(ctx); failure(t, err).Code != port.CodeAborted {
		t.Errorf("a send that was cancelled: %v", err)
	}
}

func TestOnlyARequestThatMayWriteLeavesOpenWhatWasDone(t *testing.T) {
	for _, test := range []struct {
		key, version int
		unknown      bool
	}{{int(kmsg.Metadata), 9, false}, {int(kmsg.DeleteTopics), 3, true}} {
		ctx, socket := besideKafka(t, testnet.Serve(t, testnet.Discard))
		body := kmsg.RequestForKey(int16(test.key))
		body.SetVersion(int16(test.version))
		_, err := socket.On(ctx, "socket.request", object{"apiKey": test.key, "apiVersion": test.version, "timeout": 250}, body.AppendTo(nil))
		if e := failure(t, err); e.Code != "ERR_CANNOT_RECEIVE" || e.OutcomeUnknown != test.unknown {
			t.Errorf("API %d: %s, unknown: %v", test.key, e.Code, e.OutcomeUnknown)
		}
	}
}

func TestARequestThatAwaitsItsTurnEndsInTime(t *testing.T) {
	came := make(chan struct{})
	ctx, socket := besideKafka(t, testnet.Serve(t, func(c net.Conn) {
		c.Read(make([]byte, 1))
		close(came)
		testnet.Discard(c)
	}))
	request := func(timeout int) object {
		return object{"apiKey": int16(kmsg.Metadata), "apiVersion": 0, "timeout": timeout}
	}
	first := socket.Start("socket.request", request(30_000), nil)
	await(ctx, t, came)
	began := time.Now()
	_, err := socket.On(ctx, "socket.request", request(250), nil)
	if e := failure(t, err); e.Code != "ERR_CANNOT_SEND" || e.OutcomeUnknown || time.Since(began) > 10*time.Second {
		t.Errorf("%s: %s, after %v", e.Code, e.Message, time.Since(began))
	}
	first.Cancel()
}
