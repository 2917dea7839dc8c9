package clienttest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

const (
	user, password = "alice", "wonderland"
	// advertised is a name that resolves nowhere (RFC 6761 section 6.4).
	advertised = "kafka.invalid:29092"
)

// saslCluster starts a broker with SASL_SSL and SCRAM, which ends connections whose authentication is older
// than lifetime.
func saslCluster(t *testing.T, authority *testca.Authority, lifetime time.Duration) *kafkatest.Cluster {
	t.Helper()
	return kafkatest.StartSCRAM(t, kafkatest.Options{
		Brokers: 1, Advertised: map[string]string{"SASL_SSL": advertised},
		Properties: map[string]string{"connections.max.reauth.ms": fmt.Sprint(lifetime.Milliseconds())},
	}, authority, user, password)
}

// held is the bridge's SASL, as the user with a password.
func held(password string) func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
	return func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
		return scram.Auth{User: user, Pass: password}.AsSha512Mechanism(), nil
	}
}

// TestHeldCredentialsUnderLoad has a client without credentials produce and consume for several lifetimes of
// an authentication. No connection breaks, and the broker's name resolves nowhere.
func TestHeldCredentialsUnderLoad(t *testing.T) {
	const lifetime, load = 3 * time.Second, 12 * time.Second
	authority := testca.New(t)
	cluster := saslCluster(t, authority, lifetime)
	var dials, authentications atomic.Int64
	config := bridge.Config{
		Brokers:   []string{advertised},
		ConnectTo: map[string]string{advertised: cluster.BootstrapOf("SASL_SSL")[0]},
		TLS:       &tls.Config{RootCAs: authority.Pool()},
		SASL: func(ctx context.Context, who bridge.Identity) (sasl.Mechanism, error) {
			authentications.Add(1)
			return held(password)(ctx, who)
		},
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials.Add(1)
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	b := bridgetest.New(t, config)
	if special, unlisted, err := b.SpecialBrokers(t.Context()); err != nil || len(special)+len(unlisted) > 0 {
		t.Errorf("special: %q, unlisted: %q, %v", special, unlisted, err)
	}
	url := bridgetest.Serve(t, b) + "/kafka"
	const topic = "load"
	c, err := kgo.NewClient(
		kgo.SeedBrokers(advertised), kgo.Dialer((&kafkaio.Dialer{Bridge: url}).DialContext),
		kgo.AllowAutoTopicCreation(), kgo.DefaultProduceTopic(topic), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.FetchMaxWait(500*time.Millisecond), kgo.ProducerLinger(0),
	)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := c.ProduceSync(ctx, kgo.StringRecord("first")).FirstErr(); err != nil {
		t.Fatal(err)
	}
	var producing sync.WaitGroup
	var produced atomic.Int64
	produced.Add(1)
	for range 4 {
		producing.Go(func() {
			for started := time.Now(); time.Since(started) < load; {
				if err := c.ProduceSync(ctx, kgo.StringRecord(strings.Repeat("x", 1000))).FirstErr(); err != nil {
					t.Error(err)
					return
				}
				produced.Add(1)
			}
		})
	}
	done := make(chan struct{})
	go func() { producing.Wait(); close(done) }()
	var consumed int64
	for over := false; !over || consumed < produced.Load(); {
		fetches := c.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d records: %v", consumed, err)
		}
		consumed += int64(fetches.NumRecords())
		select {
		case <-done:
			over = true
		default:
		}
	}
	t.Logf("%d records, %d connections, %d authentications", consumed, dials.Load(), authentications.Load())
	if n, least := authentications.Load()-dials.Load(), int64(load/lifetime); n < least {
		t.Errorf("%d authentications were renewals, at least %d were expected", n, least)
	}
	if dials.Load() > 10 {
		t.Errorf("%d connections: some broke", dials.Load())
	}
}

// TestHeldCredentialsThatAreWrong says what is wrong, and no secret.
func TestHeldCredentialsThatAreWrong(t *testing.T) {
	authority := testca.New(t)
	cluster := saslCluster(t, authority, time.Hour)
	at := cluster.BootstrapOf("SASL_SSL")[0]
	for name, row := range map[string]struct {
		config bridge.Config
		want   []string
	}{
		"Password": {
			bridge.Config{SASL: held("looking-glass"), TLS: &tls.Config{RootCAs: authority.Pool()}, ConnectTo: map[string]string{advertised: at}},
			[]string{"4502", "sasl: the broker refused the bridge's credentials: ", "SASL_AUTHENTICATION_FAILED"},
		},
		"Authority": {
			bridge.Config{SASL: held(password), TLS: &tls.Config{RootCAs: testca.New(t).Pool()}, ConnectTo: map[string]string{advertised: at}},
			[]string{"4502", "tls: ", "from an authority"},
		},
		"NoTLS": {
			bridge.Config{SASL: held(password), AllowPlaintext: true, ConnectTo: map[string]string{advertised: at}},
			[]string{"4502", "sasl: ", "its listener may want TLS"},
		},
		"NoConnectTo": {
			bridge.Config{SASL: held(password), TLS: &tls.Config{RootCAs: authority.Pool()}},
			[]string{"the bridge finds no address of " + advertised},
		},
	} {
		t.Run(name, func(t *testing.T) {
			row.config.Brokers = []string{advertised}
			url := bridgetest.Serve(t, bridgetest.New(t, row.config)) + "/kafka"
			_, err := (&kafkaio.Dialer{Bridge: url}).DialContext(t.Context(), "tcp", advertised)
			if err == nil || slices.ContainsFunc(row.want, func(s string) bool { return !strings.Contains(err.Error(), s) }) ||
				strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "looking-glass") {
				t.Errorf("%v, want %q", err, row.want)
			}
		})
	}
}
