//go:build !js

package client

import (
	"context"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/web/wasm/internal/batch/batchtest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// A topicWorld is a cluster with a topic t, and a client connected to it.
type topicWorld struct {
	ctx        context.Context
	page       *porttest.Page
	connection *porttest.Call
	cluster    *kfake.Cluster // nil: it is another one
	brokers    []string
	bridge     string // its URL
	writer     *kgo.Client
}

func newTopicWorld(t *testing.T, a answers) *topicWorld {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(2), kfake.ClusterID("fake"), kfake.SeedTopics(1, "t"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	w := topicWorldOn(t, cluster.ListenAddrs(), a)
	w.cluster = cluster
	return w
}

// topicWorldOn is newTopicWorld with brokers that the test doesn't control, and without the topic.
func topicWorldOn(t *testing.T, brokers []string, a answers) *topicWorld {
	t.Helper()
	writer, err := kgo.NewClient(kgo.SeedBrokers(brokers...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(writer.Close)
	if a == nil { // the bridge ends before the client does, which is told
		a = func(context.Context, uint32, string, any) (any, error) { return nil, nil }
	}
	ctx, page := start(t, a)
	url := bridgeTo(t, bridge.Config{Brokers: brokers})
	connection := page.Start(nil, "connect", map[string]any{"bridge": url}, nil, 1)
	connection.Item(ctx)
	return &topicWorld{ctx, page, connection, nil, brokers, url, writer}
}

func (w *topicWorld) write(t *testing.T, values ...string) {
	t.Helper()
	for _, v := range values {
		if err := w.writer.ProduceSync(w.ctx, &kgo.Record{Topic: "t", Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// consume starts a consumer of t, and waits until it is open.
func (w *topicWorld) consume(t *testing.T, options map[string]any) *porttest.Call {
	t.Helper()
	all := map[string]any{
		"topics": []string{"t"}, "from": "earliest", "committed": true, "valueLimit": 1 << 30, "maxBufferedBytes": 1 << 20,
	}
	for name, value := range options {
		all[name] = value
	}
	call := w.page.Start(nil, "consume", all, nil, 5)
	if item := call.Item(w.ctx); item != nil {
		t.Fatalf("the first item is %v", item)
	}
	return call
}

// values waits for so many records.
func (w *topicWorld) values(t *testing.T, consumer *porttest.Call, n int) (values []string) {
	t.Helper()
	for len(values) < n {
		b, err := batchtest.Decode(consumer.Item(w.ctx).([]byte))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.Records {
			values = append(values, string(r.Value))
		}
	}
	return values
}

// ended waits for the end of a consumer, and returns its error and position.
func (w *topicWorld) ended(t *testing.T, consumer *porttest.Call) (e *port.Error, position int64) {
	t.Helper()
	result, err := consumer.Result(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	fields := result.(map[string]any)
	e, _ = fields["error"].(*port.Error)
	for _, p := range fields["progress"].(map[string]any)["partitions"].([]any) {
		position = p.(map[string]any)["position"].(int64)
	}
	return e, position
}

func TestAConsumerReadsToTheEnd(t *testing.T) {
	w := newTopicWorld(t, nil)
	w.write(t, "a", "b")
	consumer := w.consume(t, map[string]any{"until": "end"})
	if got := w.values(t, consumer, 2); strings.Join(got, " ") != "a b" {
		t.Error(got)
	}
	if e, position := w.ended(t, consumer); e != nil || position != 2 {
		t.Errorf("it ended with %v at %d", e, position)
	}
	if _, err := consumer.On(w.ctx, "consume.progress", nil, nil); failure(t, err).Code != codeClosed {
		t.Error(err)
	}
}

func TestAConsumerIsCancelled(t *testing.T) {
	w := newTopicWorld(t, nil)
	w.write(t, "a")
	consumer := w.consume(t, nil)
	w.values(t, consumer, 1)
	consumer.Cancel()
	if e, position := w.ended(t, consumer); e == nil || e.Code != port.CodeAborted || position != 1 {
		t.Errorf("it ended with %v at %d", e, position)
	}
}

func TestAConsumerEndsWithItsClient(t *testing.T) {
	w := newTopicWorld(t, nil)
	w.write(t, "a")
	consumer := w.consume(t, nil)
	w.values(t, consumer, 1)
	w.connection.Cancel()
	if e, _ := w.ended(t, consumer); e == nil || e.Code != codeClosed {
		t.Errorf("it ended with %v", e)
	}
}

func TestAConsumerIsControlled(t *testing.T) {
	w := newTopicWorld(t, nil)
	w.write(t, "a", "b")
	consumer := w.consume(t, nil)
	w.values(t, consumer, 2)
	do := func(method string, options map[string]any) any {
		result, err := consumer.On(w.ctx, method, options, nil)
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		return result
	}
	do("consume.pause", map[string]any{"all": true})
	do("consume.seek", map[string]any{"topic": "t", "partition": 0, "to": map[string]any{"offset": "1"}, "number": 1})
	do("consume.pause", map[string]any{"all": true, "others": []any{map[string]any{"topic": "t", "partition": 0}}})
	if got := w.values(t, consumer, 1); got[0] != "b" {
		t.Error(got)
	}
	if p := do("consume.progress", nil).(map[string]any); p["scanned"] != 3.0 {
		t.Errorf("the progress is %v", p)
	}
	_, err := consumer.On(w.ctx, "consume.seek", map[string]any{"topic": "t", "partition": 4, "to": "latest", "number": 2}, nil)
	if e := failure(t, err); e.Code != "UNKNOWN_TOPIC_OR_PARTITION" || e.Topic != "t" || e.Partition == nil || *e.Partition != 4 {
		t.Errorf("%+v", e)
	}
}

func TestThePageIsToldWhatIsTriedAgain(t *testing.T) {
	told := make(chan *port.Error, 64)
	w := newTopicWorld(t, func(_ context.Context, _ uint32, callback string, argument any) (any, error) {
		if callback == "retry" {
			told <- argument.(*port.Error)
		}
		return nil, nil
	})
	w.consume(t, map[string]any{"topics": []string{"missing"}})
	if e := <-told; e.Code != "UNKNOWN_TOPIC_OR_PARTITION" || e.Topic != "missing" || !e.Retriable || e.Partition != nil {
		t.Errorf("%+v", e)
	}
}

func TestWhatIsNotAllowedEndsAConsumer(t *testing.T) {
	w := newTopicWorld(t, nil)
	w.cluster.ControlKey(int16(kmsg.Metadata), func(req kmsg.Request) (kmsg.Response, error, bool) {
		w.cluster.KeepControl()
		m := req.(*kmsg.MetadataRequest)
		if len(m.Topics) == 0 {
			return nil, nil, false
		}
		resp := m.ResponseKind().(*kmsg.MetadataResponse)
		topic := kmsg.NewMetadataResponseTopic()
		topic.Topic, topic.ErrorCode = m.Topics[0].Topic, kerr.TopicAuthorizationFailed.Code
		resp.Topics = append(resp.Topics, topic)
		return resp, nil, true
	})
	if e, _ := w.ended(t, w.consume(t, nil)); e == nil || e.Code != "TOPIC_AUTHORIZATION_FAILED" || e.Topic != "t" {
		t.Errorf("it ended with %v", e)
	}
}

func TestOneRecord(t *testing.T) {
	w := newTopicWorld(t, nil)
	w.write(t, "a", "b")
	at := func(topic, offset string) (any, error) {
		return w.page.Do(w.ctx, "record", map[string]any{"topic": topic, "partition": 0, "offset": offset})
	}
	got, err := at("t", "1")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := batchtest.Decode(got.([]byte)); err != nil || len(b.Records) != 1 || string(b.Records[0].Value) != "b" {
		t.Errorf("%+v, %v", b, err)
	}
	if got, err := at("t", "2"); got != nil || err != nil {
		t.Errorf("beyond the end: %v, %v", got, err)
	}
	if _, err := at("missing", "0"); failure(t, err).Code != "UNKNOWN_TOPIC_OR_PARTITION" {
		t.Error(err)
	}
}
