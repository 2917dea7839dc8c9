//go:build !js

package client

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

func TestFramesAreThoseOfAllConnections(t *testing.T) {
	cluster := newFake(t, kfake.SeedTopics(1, "t"))
	ctx, page, _ := connectFake(t, cluster)
	r := captureFrames(ctx, t, page, wireLimit)
	resultsOf(ctx, t, startProduce(page, nil, to("v")))
	consumer := page.Start(nil, "consume", map[string]any{"topics": []string{"t"}, "from": "earliest", "valueLimit": 100, "maxBufferedBytes": 1 << 20}, nil, 5)
	consumer.Item(ctx)
	socket := page.Start(nil, "socket", map[string]any{"broker": 1}, nil, 1)
	socket.Item(ctx)
	if _, err := requestOn(ctx, socket, kmsg.NewPtrFindCoordinatorRequest()); err != nil {
		t.Fatal(err)
	}
	connections := map[any]string{}
	for _, api := range []string{"ApiVersions", "Metadata", "Produce", "Fetch", "FindCoordinator"} {
		response := r.untilAPI(t, api)
		request := r.until(t, func(f pageFrame) bool {
			return f["direction"] == "request" && f["connection"] == response["connection"] && f["correlationId"] == response["correlationId"]
		})
		if request["apiKey"] != response["apiKey"] || request["at"].(float64) > response["at"].(float64) {
			t.Errorf("%v is the answer to %v", response, request)
		}
		if _, ok := request["latency"]; ok || response["latency"].(float64) <= 0 {
			t.Errorf("%s took %v, its request %v", api, response["latency"], request["latency"])
		}
		for _, f := range []pageFrame{request, response} {
			connections[f["connection"]] = f.text("broker")
			if !slices.Contains(cluster.ListenAddrs(), f.text("broker")) {
				t.Errorf("%s passed on a connection with %q", api, f["broker"])
			}
			field, size := r.decode(t, f), f["size"].(float64)
			if !strings.HasPrefix(field[0].(string), api) || field[1] != "frame" || end(t, field, 0) != size || len(f["bytes"].([]byte)) != int(size) {
				t.Errorf("%s of %v bytes: %v", api, size, field)
			}
		}
	}
	if len(connections) < 4 { // of the client, the producer, the consumer and the socket
		t.Errorf("the connections are %v", connections)
	}
}

// wireLimit is more than any frame of these tests has.
const wireLimit = 1 << 20

func TestFramesAreDroppedIfThePageTakesNone(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t, kfake.SeedTopics(1, "t")))
	unread := page.Start(nil, "frames", map[string]any{"captureBytes": 4 << 20}, nil, 0)
	r := captureFrames(ctx, t, page, 0)
	const produced = 12
	value := strings.Repeat("v", 900<<10)
	for range produced {
		offsetOf(t, resultsOf(ctx, t, startProduce(page, nil, to(value)))[0])
	}
	isProduce := func(f pageFrame) bool { return f["api"] == "Produce" && f["direction"] == "request" }
	for n := 0; n < produced; {
		if n = countFrames(r.frames, isProduce); n < produced {
			r.next(t)
		}
	}
	if r.dropped > 0 {
		t.Errorf("%d frames were dropped, of which no bytes were wanted", r.dropped)
	}
	for _, f := range r.frames {
		if len(f["bytes"].([]byte)) > 0 {
			t.Errorf("%v has %d bytes", f["api"], len(f["bytes"].([]byte)))
		}
	}

	late := &frameReader{ctx: ctx, page: page, call: unread}
	unread.Grant(100)
	for late.dropped == 0 {
		page.Do(ctx, "cluster", nil)
		late.next(t)
	}
	if n := countFrames(late.frames, isProduce); n == 0 || n >= produced {
		t.Errorf("%d of %d frames are left, %d were dropped", n, produced, late.dropped)
	}
}

func TestFramesOfTLSAreNotEncrypted(t *testing.T) {
	ca := testca.New(t)
	brokers := newCluster(t, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "kafka.test").TLS(t)}}))
	ctx, page, _ := connectTo(t, map[string]any{
		"bridge": bridgeTo(t, bridge.Config{Brokers: brokers}), "tls": map[string]any{"ca": ca.PEM, "serverName": "kafka.test"},
	})
	r := captureFrames(ctx, t, page, wireLimit)
	if f := r.untilAPI(t, "Metadata"); f["redacted"] != nil || end(t, r.decode(t, f), 0) != f["size"] {
		t.Errorf("%v", f)
	}
}

func TestFramesHaveNoCredentials(t *testing.T) {
	const password = "correct horse battery staple"
	for _, mechanism := range []string{"plain", "scram-sha-512"} {
		brokers := newCluster(t, kfake.EnableSASL(), kfake.Superuser(strings.ToUpper(mechanism), "ann", password))
		ctx, page, _ := connectTo(t, map[string]any{
			"bridge": bridgeTo(t, bridge.Config{Brokers: brokers}),
			"sasl":   map[string]any{"mechanism": mechanism, "username": "ann", "password": password},
		})
		r := captureFrames(ctx, t, page, wireLimit)
		socket := page.Start(nil, "socket", map[string]any{"broker": brokers[0]}, nil, 1)
		socket.Item(ctx)
		secret := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
		secret.Upsertions = []kmsg.AlterUserSCRAMCredentialsRequestUpsertion{
			{Name: "bob", Mechanism: 1, Iterations: 4096, Salt: []byte("salt"), SaltedPassword: []byte(password)},
		}
		if _, err := requestOn(ctx, socket, secret); err != nil {
			t.Fatal(err)
		}
		for api, redacted := range map[string]string{"SaslAuthenticate": "sasl", "AlterUserScramCredentials": "secret"} {
			f := r.untilAPI(t, api)
			if f["redacted"] != redacted || f["bytes"] != nil || r.decode(t, f)[1] != "redacted" {
				t.Errorf("%v", f)
			}
		}
		for _, f := range r.frames {
			if b, _ := f["bytes"].([]byte); bytes.Contains(b, []byte(password)) || strings.Contains(fmt.Sprint(r.decode(t, f)), password) {
				t.Errorf("%v has the password", f)
			}
		}
	}
}

func TestAConnectionThatIsNotKafkasIsUnreadable(t *testing.T) {
	ctx, page, _ := connectTo(t, map[string]any{"bridge": bridgeTo(t, bridge.Config{
		Brokers: newCluster(t), ConnectTo: map[string]string{"beside:9092": testnet.Serve(t, testnet.Echo)},
	})})
	r := captureFrames(ctx, t, page, wireLimit)
	socket := page.Start(nil, "socket", map[string]any{"broker": "beside:9092"}, nil, 1)
	socket.Item(ctx)
	if _, err := socket.On(ctx, "socket.send", nil, []byte("GET / HTTP/1.1\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	f := r.until(t, func(f pageFrame) bool { return f["broker"] == "beside:9092" })
	if f["unreadable"] != "the bytes sent are no Kafka request" || f["bytes"] != nil || f["apiKey"] != -1.0 || f["direction"] != "request" {
		t.Errorf("%v", f)
	}
}

func TestDecodingWhatIsNoFrame(t *testing.T) {
	ctx, page, _ := connectFake(t, newFake(t))
	r := &frameReader{ctx: ctx, page: page}
	for _, f := range []pageFrame{
		{}, {"direction": "request", "apiKey": -1}, {"direction": "response", "apiKey": 1, "apiVersion": 11, "size": 1 << 30, "bytes": []byte("\x40\x00\x00\x00cut")},
		{"apiKey": 3, "apiVersion": -3, "bytes": bytes.Repeat([]byte{0xff}, 1000)},
	} {
		b, _ := f["bytes"].([]byte)
		if got := end(t, r.decode(t, f), 0); got != float64(len(b)) {
			t.Errorf("%v: the fields end at %v", f, got)
		}
	}
}

func TestFramesEnd(t *testing.T) {
	ctx, page, connection := connectFake(t, newFake(t))
	aborted, closed := captureFrames(ctx, t, page, 0), captureFrames(ctx, t, page, 0)
	aborted.call.Cancel()
	if _, err := aborted.call.Result(ctx); failure(t, err).Code != port.CodeAborted {
		t.Error(err)
	}
	connection.Cancel()
	if _, err := closed.call.Result(ctx); failure(t, err).Code != codeClosed {
		t.Error(err)
	}
}
