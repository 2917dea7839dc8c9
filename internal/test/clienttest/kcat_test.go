package clienttest

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestKcatThroughRawMode runs a client of librdkafka, which has no credentials, under a policy that lets it only
// read orders*. The bridge is a super user.
func TestKcatThroughRawMode(t *testing.T) {
	kcat, err := exec.LookPath("kcat")
	if err != nil {
		require.Missing(t, "kcat", "apt-get install kcat")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	authority := testca.New(t)
	cluster := kafkatest.StartSCRAM(t, kafkatest.Options{
		Brokers: 1, Advertised: map[string]string{"SASL_SSL": addr},
		Properties: map[string]string{
			"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
			"super.users":           "User:ANONYMOUS;User:" + user, // without TLS the test is ANONYMOUS
		},
	}, authority, user, password)
	b := bridgetest.New(t, bridge.Config{
		Brokers:   []string{addr},
		ConnectTo: map[string]string{addr: cluster.BootstrapOf("SASL_SSL")[0]},
		TLS:       &tls.Config{RootCAs: authority.Pool()},
		SASL:      held(password),
		Policies:  readOnly("orders*"),
	})
	relayRaw(t, l, bridgetest.Serve(t, b)+"/kafka?broker="+addr)

	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	super, err := kgo.NewClient(kgo.SeedBrokers(cluster.Bootstrap()...))
	if err != nil {
		t.Fatal(err)
	}
	defer super.Close()
	prepare(ctx, t, super)
	before := stateOf(ctx, t, super)

	const denied = "Broker: Topic authorization failed"
	for _, row := range []struct {
		name, args string
		works      bool
		want       string // in its output
	}{
		{"Consume", "-C -t orders -o beginning -e -q", true, "x\n"},
		{"List", "-L -J", true, `"topics":[{"topic":"orders",`},
		{"ConsumeDenied", "-C -t secret -o beginning -e -q", false, denied},
		{"Produce", "-P -t orders", false, denied},
		{"ProduceDenied", "-P -t secret", false, denied},
		{"ProduceToNew", "-P -t orders-new -X topic.message.timeout.ms=1000", false, "Local: Message timed out"}, // it waits for the topic
		{"ProduceIdempotently", "-P -t orders -X enable.idempotence=true", false, "Broker: Cluster authorization failed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			command := exec.CommandContext(ctx, kcat, append(strings.Fields(row.args), "-b", addr)...)
			command.Stdin = strings.NewReader("must not be written")
			var output bytes.Buffer
			command.Stdout, command.Stderr = &output, &output
			// kcat ends with 0 if a fatal error comes before its record was refused.
			if err := command.Run(); row.works && err != nil || !strings.Contains(output.String(), row.want) {
				t.Errorf("kcat %s: %v, want %q:\n%s", row.args, err, row.want, output.String())
			}
		})
	}
	if after := stateOf(ctx, t, super); after != before {
		t.Errorf("something changed:\n%s\nbefore:\n%s", after, before)
	}
}

// relayRaw carries each connection to l in a WebSocket of its own, as websocat does, until the test ends.
func relayRaw(t *testing.T, l net.Listener, url string) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	t.Cleanup(func() {
		l.Close()
		cancel()
		running.Wait()
	})
	pass := func(c net.Conn) {
		defer c.Close()
		socket, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{"binary"}})
		if err != nil {
			t.Error(err)
			return
		}
		raw := websocket.NetConn(ctx, socket, websocket.MessageBinary)
		defer raw.Close()
		running.Go(func() {
			defer raw.Close()
			io.Copy(raw, c)
		})
		io.Copy(c, raw)
	}
	running.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { pass(c) })
		}
	})
}
