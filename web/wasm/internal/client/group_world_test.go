//go:build !js

package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/web/wasm/internal/batch/batchtest"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port/porttest"
)

// A groupWorld is a topicWorld with another topic, and members of a group of the same name that read it.
type groupWorld struct {
	*topicWorld
	name    string
	mu      sync.Mutex
	members map[uint32]*memberPage
}

// A memberPage is what the page does for a member.
type memberPage struct {
	*porttest.Call
	told     chan string // "assigned 0 1", "revoked 0" or "lost 0 1"
	answer   func(ctx context.Context, told string) error
	finished func() []any
	retries  chan *port.Error
}

func newGroupWorld(t *testing.T, partitions int32) *groupWorld {
	t.Helper()
	w := &groupWorld{name: "g", members: make(map[uint32]*memberPage)}
	w.topicWorld = newTopicWorld(t, w.asked)
	if err := w.cluster.CreateTopic(w.name, partitions, nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// groupWorldOn is newGroupWorld with brokers that the test doesn't control.
func groupWorldOn(t *testing.T, brokers []string, partitions int32) *groupWorld {
	t.Helper()
	w := &groupWorld{name: fmt.Sprint("g.", time.Now().UnixNano()), members: make(map[uint32]*memberPage)}
	w.topicWorld = topicWorldOn(t, brokers, w.asked)
	if _, err := kadm.NewClient(w.writer).CreateTopic(w.ctx, partitions, 1, nil, w.name); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *groupWorld) asked(ctx context.Context, call uint32, callback string, argument any) (any, error) {
	w.mu.Lock()
	m := w.members[call]
	w.mu.Unlock()
	if m == nil {
		return nil, fmt.Errorf("call %d has no callback %s", call, callback)
	}
	return m.asked(ctx, callback, argument)
}

func (m *memberPage) asked(ctx context.Context, callback string, argument any) (any, error) {
	switch callback {
	case "assigned":
		return nil, m.tell(ctx, "assigned"+partitionsOf(argument))
	case "revoked":
		r := argument.(map[string]any)
		what := "revoked"
		if r["lost"].(bool) {
			what = "lost"
		}
		err := m.tell(ctx, what+partitionsOf(r["partitions"]))
		return map[string]any{"number": 1, "finished": m.finished()}, err
	case "finished":
		return m.finished(), nil
	case "drained":
		return nil, nil
	case "retry":
		m.retries <- argument.(*port.Error)
		return nil, nil
	}
	return nil, errors.New("no such callback")
}

func (m *memberPage) tell(ctx context.Context, what string) error {
	m.told <- what
	return m.answer(ctx, what)
}

func partitionsOf(list any) (text string) {
	for _, p := range list.([]any) {
		text += fmt.Sprint(" ", p.(map[string]any)["partition"])
	}
	return text
}

// join starts a member, which does with callbacks what m says.
func (w *groupWorld) join(t *testing.T, options map[string]any, m *memberPage) *memberPage {
	t.Helper()
	m.told = make(chan string, 64)
	m.retries = make(chan *port.Error, 64)
	if m.answer == nil {
		m.answer = func(context.Context, string) error { return nil }
	}
	if m.finished == nil {
		m.finished = func() []any { return []any{} }
	}
	group := map[string]any{"id": w.name, "autoCommit": true}
	for name, value := range options {
		group[name] = value
	}
	w.mu.Lock() // asked waits until it knows the member
	m.Call = w.page.Start(nil, "consume", map[string]any{
		"topics": []string{w.name}, "from": "committed", "committed": true, "valueLimit": 1 << 30, "maxBufferedBytes": 1 << 20, "group": group,
	}, nil, 5)
	w.members[m.ID] = m
	w.mu.Unlock()
	if item := m.Item(w.ctx); item != nil {
		t.Fatalf("the first item is %v", item)
	}
	return m
}

// expect waits until the page is told something.
func (w *groupWorld) expect(t *testing.T, m *memberPage, want string) {
	t.Helper()
	select {
	case got := <-m.told:
		if got != want {
			t.Fatalf("the page was told %q, want %q", got, want)
		}
	case <-w.ctx.Done():
		t.Fatalf("the page wasn't told %q", want)
	}
}

func (w *groupWorld) writeTo(t *testing.T, partition int32, values ...string) {
	t.Helper()
	cl, err := kgo.NewClient(kgo.SeedBrokers(w.brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	for _, v := range values {
		r := &kgo.Record{Topic: w.name, Partition: partition, Value: []byte(v)}
		if err := cl.ProduceSync(w.ctx, r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// committed is what the group has committed of a partition; -1: nothing.
func (w *groupWorld) committed(t *testing.T, partition int32) int64 {
	t.Helper()
	req := kmsg.NewPtrOffsetFetchRequest()
	g := kmsg.NewOffsetFetchRequestGroup()
	g.Group, g.Topics = w.name, nil
	req.Groups = append(req.Groups, g)
	resp, err := req.RequestWith(w.ctx, w.writer)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range resp.Groups[0].Topics {
		for _, p := range topic.Partitions {
			if p.Partition == partition {
				return p.Offset
			}
		}
	}
	return -1
}

// groupMembers are how many members the group has.
func (w *groupWorld) groupMembers(t *testing.T) int {
	t.Helper()
	req := kmsg.NewPtrDescribeGroupsRequest()
	req.Groups = []string{w.name}
	resp, err := req.RequestWith(w.ctx, w.writer)
	if err != nil {
		t.Fatal(err)
	}
	return len(resp.Groups[0].Members)
}

func (w *groupWorld) at(partition int32, offset int64) any {
	return map[string]any{"topic": w.name, "partition": partition, "offset": fmt.Sprint(offset)}
}

// batchOf waits for records of a partition.
func (w *groupWorld) batchOf(t *testing.T, m *memberPage, partition int32) batchtest.Batch {
	t.Helper()
	for {
		b, err := batchtest.Decode(m.Item(w.ctx).([]byte))
		if err != nil {
			t.Fatal(err)
		}
		if b.Partition == partition && len(b.Records) > 0 {
			return b
		}
	}
}

// waitUntilRead waits until the positions of a member are known.
func (w *groupWorld) waitUntilRead(t *testing.T, m *memberPage) {
	t.Helper()
	for {
		got, err := m.On(w.ctx, "consume.progress", nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if p, _ := got.(map[string]any)["partitions"].([]any); len(p) > 0 {
			return
		}
	}
}

// refuseFor has requests of an API answered with an error, so often.
func refuseFor(w *groupWorld, api kmsg.Key, times int, answer func(kmsg.Request) kmsg.Response) {
	w.cluster.ControlKey(int16(api), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if times--; times > 0 {
			w.cluster.KeepControl()
		}
		return answer(req), nil, true
	})
}

// ended waits for the end of a member, and returns its error and what failed when it left.
func (m *memberPage) ended(ctx context.Context, t *testing.T) (e, leaving *port.Error) {
	t.Helper()
	result, err := m.Result(ctx)
	if err != nil {
		t.Fatal(err)
	}
	e, _ = result.(map[string]any)["error"].(*port.Error)
	leaving, _ = result.(map[string]any)["leaving"].(*port.Error)
	return e, leaving
}
