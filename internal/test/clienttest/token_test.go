package clienttest

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
	"github.com/kafkaio/kafkaio/rpc"
)

// TestTokenExpiresInALongFetch has a broker take longer for its answer than a token is good for.
func TestTokenExpiresInALongFetch(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	direct, err := kgo.NewClient(kgo.SeedBrokers(cluster.Bootstrap()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(direct.Close)
	newTopic := func(t *testing.T) string {
		t.Helper()
		name := kafkatopic.Create(t.Context(), t, direct, "orders", 1, nil)
		if err := direct.ProduceSync(t.Context(), &kgo.Record{Topic: name, Value: []byte("first")}).FirstErr(); err != nil {
			t.Fatal(err)
		}
		return name
	}
	const lifetime, maxWait = 6 * time.Second, 14 * time.Second
	t.Run("NotRenewed", func(t *testing.T) {
		t.Parallel()
		topic := newTopic(t)
		expiry := time.Now().Add(lifetime)
		c := newTokenClient(t, cluster, func() time.Time { return expiry })
		if n := c.fetch(topic, maxWait); n != 0 {
			t.Errorf("%d bytes came", n)
		}
		if time.Now().Before(expiry) {
			t.Fatal("the broker answered before the token expired")
		}
		select {
		case <-c.pipeline.Done():
		case <-c.ctx.Done():
			t.Fatal("the connection is still open")
		}
		if _, err := rpc.Do(c.ctx, c.pipeline, fetchOf(topic, 0)); err == nil || !strings.Contains(err.Error(), "4401") {
			t.Errorf("a further request: %v", err)
		}
		if _, err := c.dialer.Dial(c.ctx, cluster.Bootstrap()[0]); !errors.Is(err, kafkaio.ErrCannotBind) || !strings.Contains(err.Error(), "4401") {
			t.Errorf("another dial: %v", err)
		}
	})
	t.Run("Renewed", func(t *testing.T) {
		t.Parallel()
		topic := newTopic(t)
		c := newTokenClient(t, cluster, func() time.Time { return time.Now().Add(lifetime) })
		if n := c.fetch(topic, maxWait); n != 0 {
			t.Errorf("%d bytes came", n)
		}
		direct.Produce(c.ctx, &kgo.Record{Topic: topic, Value: []byte("second")}, nil)
		if n := c.fetch(topic, maxWait); n == 0 {
			t.Error("no record came after the renewals")
		}
		if sessions, tokens := c.sessions.Load(), c.tokens.Load(); sessions != 1 || tokens < int64(maxWait/lifetime)+1 {
			t.Errorf("%d sessions, %d tokens", sessions, tokens)
		}
	})
}

// A tokenClient has a connection to a broker, through a bridge whose tokens expire.
type tokenClient struct {
	t                *testing.T
	ctx              context.Context
	dialer           *kafkaio.Dialer
	pipeline         *core.Pipeline
	sessions, tokens atomic.Int64 // that the bridge has had
}

// newTokenClient connects with tokens of which each is the time when it expires.
func newTokenClient(t *testing.T, cluster *kafkatest.Cluster, token func() time.Time) *tokenClient {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	c := &tokenClient{t: t, ctx: ctx}
	b := bridgetest.New(t, bridge.Config{
		Brokers:  cluster.Bootstrap(),
		Policies: readOnly("orders*"),
		Authorize: func(_ context.Context, _ *http.Request, token string) (bridge.Identity, error) {
			c.tokens.Add(1)
			expires, err := time.Parse(time.RFC3339Nano, token)
			return bridge.Identity{Name: "ci", Expires: expires}, err
		},
	})
	counted := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.sessions.Add(1)
		b.ServeHTTP(w, r)
	})
	c.dialer = &kafkaio.Dialer{
		Bridge:  bridgetest.Serve(t, counted) + "/kafka",
		Timeout: time.Minute,
		Token:   func(context.Context) (string, error) { return token().Format(time.RFC3339Nano), nil },
	}
	conn, err := c.dialer.Dial(ctx, cluster.Bootstrap()[0])
	if err != nil {
		t.Fatal(err)
	}
	c.pipeline = core.NewPipeline(conn, core.PipelineOptions{})
	t.Cleanup(func() { c.pipeline.Close() })
	return c
}

// fetch waits for the second record of a topic, and returns how many bytes came.
func (c *tokenClient) fetch(topic string, maxWait time.Duration) int {
	c.t.Helper()
	resp, err := rpc.Do(c.ctx, c.pipeline, fetchOf(topic, maxWait))
	if err != nil {
		c.t.Fatal(err)
	}
	p := resp.(*kmsg.FetchResponse).Topics[0].Partitions[0]
	if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
		c.t.Fatal(err)
	}
	return len(p.RecordBatches)
}

// fetchOf is a request for the second record of a topic, in a version that names it.
func fetchOf(topic string, maxWait time.Duration) kmsg.Request {
	p := kmsg.NewFetchRequestTopicPartition()
	p.FetchOffset, p.PartitionMaxBytes = 1, 1<<20
	of := kmsg.NewFetchRequestTopic()
	of.Topic, of.Partitions = topic, append(of.Partitions, p)
	fetch := kmsg.NewPtrFetchRequest()
	fetch.MaxWaitMillis, fetch.MinBytes, fetch.MaxBytes = int32(maxWait.Milliseconds()), 1, 1<<20
	fetch.Topics = append(fetch.Topics, of)
	return rpc.AtMost(12, fetch)
}
