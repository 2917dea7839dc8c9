package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
)

// seeded is the address of a cluster with topics.
func seeded(t *testing.T, topics ...string) string {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, topics...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster.ListenAddrs()[0]
}

// franz is franz-go that reaches a broker through a bridge.
func franz(t *testing.T, d *kafkaio.Dialer, addr string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(addr), kgo.Dialer(d.DialContext))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// topicsOf are the names of the topics that a client is shown, now: kadm may answer from franz-go's cache.
func topicsOf(t *testing.T, client *kgo.Client) (names []string) {
	t.Helper()
	metadata, err := kmsg.NewPtrMetadataRequest().RequestWith(withPatience(t), client)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range metadata.Topics {
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil {
			t.Errorf("topic %v: %v", topic.Topic, err)
		}
		names = append(names, *topic.Topic)
	}
	return slices.Sorted(slices.Values(names))
}

// waitForLog returns once the command has logged a text.
func (c *command) waitForLog(text string) {
	c.t.Helper()
	found := c.stderr.waitFor(func(logged string) string {
		if strings.Contains(logged, text) {
			return text
		}
		return ""
	})
	if found == "" {
		c.t.Fatalf("%q isn't in the log:\n%s", text, c.stderr.String())
	}
}

func TestAPolicyHoldsForFranzGoAndIsReplacedUnderIt(t *testing.T) {
	t.Parallel()
	addr := seeded(t, "orders-eu", "payments")
	text := oneCluster(addr)
	name := bridgeFile(t, text+readers)
	c := startBridgeOf(t, name)
	client := franz(t, c.dialer("token of ci"), addr, kgo.ConsumeTopics("orders-eu"), kgo.DisableIdempotentWrite())
	if got := topicsOf(t, client); !slices.Equal(got, []string{"orders-eu"}) {
		t.Errorf("the topics are %q", got)
	}
	ctx := withPatience(t)
	for _, topic := range []string{"orders-eu", "payments"} {
		if err := client.ProduceSync(ctx, &kgo.Record{Topic: topic}).FirstErr(); !errors.Is(err, kerr.TopicAuthorizationFailed) {
			t.Errorf("producing to %s: %v", topic, err)
		}
	}

	direct, err := kgo.NewClient(kgo.SeedBrokers(addr))
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	if err := direct.ProduceSync(ctx, &kgo.Record{Topic: "orders-eu", Value: []byte("one")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if records := client.PollFetches(ctx).Records(); len(records) != 1 || string(records[0].Value) != "one" {
		t.Fatalf("the tail has %v", records)
	}

	writeFile(t, name, text+strings.Replace(readers, "orders*", "payments*", 1))
	c.waitForLog("configuration reloaded")
	for {
		fetches := client.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatal("the tail goes on without an error")
		}
		denied := false
		fetches.EachError(func(_ string, _ int32, err error) {
			denied = denied || errors.Is(err, kerr.TopicAuthorizationFailed)
		})
		if denied {
			break
		}
	}
	if got := topicsOf(t, client); !slices.Equal(got, []string{"payments"}) {
		t.Errorf("after the reload the topics are %q", got)
	}
	client.Close()
	c.stop()
	mustSay(t, c.stderr.String(), "denied", "identity=ci", "api=Produce")
}

func TestATokenThatTheFileLosesEndsItsSessions(t *testing.T) {
	t.Parallel()
	addr := broker(t)
	text := oneCluster(addr)
	name := bridgeFile(t, text)
	c := startBridgeOf(t, name)
	client := franz(t, c.dialer("token of ops"), addr)
	topicsOf(t, client)
	if status, _ := c.listAs("token of ci", ""); status != http.StatusOK {
		t.Fatalf("ci isn't let in: %d", status)
	}
	conn := c.session("token of ci")
	writeFile(t, name, strings.Replace(text, tokenHash("token of ci"), tokenHash("another"), 1))
	for {
		if _, _, err := conn.Read(withPatience(t)); websocket.CloseStatus(err) == 4401 {
			break
		} else if err != nil {
			t.Fatalf("the session ends with %v", err)
		}
	}
	if closed := c.closeOf("token of ci"); closed.Code != 4401 {
		t.Errorf("the token opens another session, which ends with %v", closed)
	}
	topicsOf(t, client) // the Dialer shows the token that is still good
	if status, _ := c.listAs("another", ""); status != http.StatusOK {
		t.Errorf("the new token isn't let in: %d", status)
	}
}

func TestOnlyTheBridgeHasTheCredentials(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders-eu", "payments"), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "kafkaio", "sesame"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	addr := cluster.ListenAddrs()[0]
	password := filepath.Join(t.TempDir(), "password")
	writeFile(t, password, "sesame\n")
	held := fmt.Sprintf("brokers: [\"%s\"], allow_plaintext: true, sasl: {mechanism: scram-sha-512, user: kafkaio, password_file: %s}", addr, password)
	text := strings.Replace(oneCluster(addr), fmt.Sprintf("brokers: [%q]", addr), held, 1)
	for policies, want := range map[string][]string{"": {"orders-eu", "payments"}, readers: {"orders-eu"}} {
		c := startBridge(t, text+policies)
		client := franz(t, c.dialer("token of ci"), addr)
		if got := topicsOf(t, client); !slices.Equal(got, want) {
			t.Errorf("with policies %q the topics are %q", policies, got)
		}
		client.Close()
		c.stop()
		if said := c.stdout.String() + c.stderr.String(); strings.Contains(said, "sesame") {
			t.Errorf("the password is in:\n%s", said)
		}
	}
}

func TestATrustedProxySaysWhoItsUserIs(t *testing.T) {
	addr := seeded(t, "orders-eu", "payments")
	c := startBridge(t, fmt.Sprintf(`listen: 127.0.0.1:0
page: true
trusted_proxies: [127.0.0.1]
auth:
  header: {identity: X-Forwarded-User, groups: X-Forwarded-Groups}
clusters:
  - {name: prod, brokers: ["%s"]}
`, addr)+readers)
	to, err := url.Parse(c.origin())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	proxy := httptest.NewServer(&httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.SetXForwarded()
		r.Out.Header.Set("X-Forwarded-User", "alice")
		r.Out.Header.Set("X-Forwarded-Groups", "devs,ops")
	}})
	defer proxy.Close()
	d := &kafkaio.Dialer{Bridge: "ws" + strings.TrimPrefix(proxy.URL, "http") + "/kafka"}
	client := franz(t, d, addr)
	if got := topicsOf(t, client); !slices.Equal(got, []string{"orders-eu"}) {
		t.Errorf("the topics are %q", got)
	}
	client.Close()
	if closed := c.closeOf(""); closed.Code != 4401 || !strings.Contains(closed.Reason, "a token is needed") {
		t.Errorf("without the proxy: %v", closed)
	}
}

func TestIdleClientsDoNotHoldUpAStop(t *testing.T) {
	addr := seeded(t, "orders-eu")
	for name, text := range map[string]string{"Opaque": "", "Policy": readers} {
		t.Run(name, func(t *testing.T) {
			c := startBridge(t, oneCluster(addr)+text)
			unused, err := net.Dial("tcp", strings.TrimPrefix(c.origin(), "http://")) // as browsers do in advance
			if err != nil {
				t.Fatal(err)
			}
			defer unused.Close()
			topicsOf(t, franz(t, c.dialer("token of ci"), addr))
			start := time.Now()
			c.stop()
			took := time.Since(start)
			t.Logf("the bridge stopped after %v", took)
			if took > drainTime/2 {
				t.Errorf("the bridge stopped after %v, and all clients were idle", took)
			}
		})
	}
}
