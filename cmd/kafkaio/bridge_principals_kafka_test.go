package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/jwttest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestApacheKafkaTellsUsersApart has Kafka's own ACLs let alice write to orders-eu, and bob to payments, through
// bridges without policies that would tell them apart.
func TestApacheKafkaTellsUsersApart(t *testing.T) {
	ca, issuer := testca.New(t), jwttest.New(t)
	keys := "file://" + filepath.ToSlash(issuer.KeysFile(t))
	properties := kafkatest.TLSProperties(t, ca)
	const security = "org.apache.kafka.common.security."
	maps.Copy(properties, map[string]string{
		"sasl.enabled.mechanisms":                                               "SCRAM-SHA-512,OAUTHBEARER",
		"listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config":                 security + "scram.ScramLoginModule required;",
		"listener.name.sasl_ssl.oauthbearer.sasl.jaas.config":                   security + "oauthbearer.OAuthBearerLoginModule required;",
		"listener.name.sasl_ssl.oauthbearer.sasl.server.callback.handler.class": security + "oauthbearer.OAuthBearerValidatorCallbackHandler",
		"sasl.oauthbearer.jwks.endpoint.url":                                    keys,
		"sasl.oauthbearer.expected.issuer":                                      "https://login.example",
		"sasl.oauthbearer.expected.audience":                                    "kafkaio",
		"connections.max.reauth.ms":                                             fmt.Sprint(time.Hour.Milliseconds()), // has brokers end sessions whose token has expired
		"authorizer.class.name":                                                 "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
		"super.users":                                                           "User:ANONYMOUS", // the test, without TLS
	})
	cluster := kafkatest.Start(t, kafkatest.Options{
		Brokers: 1, Protocols: []string{"SASL_SSL"}, Properties: properties,
		JavaOptions: []string{"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + keys},
	})
	cluster.AddSCRAM(t, "alice", "sesame-1")
	cluster.AddSCRAM(t, "bob", "sesame-2")
	allowWriting(t, cluster, "alice", "orders-eu")
	allowWriting(t, cluster, "bob", "payments")
	at := cluster.BootstrapOf("SASL_SSL")[0]
	dir := t.TempDir()
	caFile := filepath.Join(dir, "ca.pem")
	writeFile(t, caFile, ca.PEM)
	overTLS := func(text string) string {
		return strings.Replace(text, "allow_plaintext: true", "tls: {ca: "+caFile+"}", 1) + "log: {level: debug}\n"
	}

	t.Run("IdentitiesFile", func(t *testing.T) {
		identities := filepath.Join(dir, "identities.yaml")
		writeFile(t, identities, "ci: {user: alice, password: sesame-1}\nops: {user: bob, password: sesame-2}\n")
		name := bridgeFile(t, overTLS(withSASL(at, "mechanism: scram-sha-512, identities_file: "+identities)))
		o := runToEnd(t, stubPage, "bridge", "--check", name)
		mustSay(t, o.stdout, "takes the credentials of ci;", "takes the credentials of ops;", "0 problems")
		c := startBridgeOf(t, name)
		mustBeToldApart(t, c, at, "token of ci", "token of ops")

		writeFile(t, identities, "ops: {user: bob, password: sesame-3}\n")
		_, err := c.dialer("token of ci").Dial(t.Context(), at)
		mustSay(t, fmt.Sprint(err), "the bridge has no credentials of ci for this cluster")
		_, err = c.dialer("token of ops").Dial(t.Context(), at)
		mustSay(t, fmt.Sprint(err), "the broker refused the bridge's credentials: Authentication failed during authentication due to invalid credentials with SASL mechanism SCRAM-SHA-512")
		c.stop()
		if said := c.stdout.String() + c.stderr.String() + o.stdout; strings.Contains(said, "sesame") {
			t.Errorf("a password is in:\n%s", said)
		}
	})

	t.Run("FromClient", func(t *testing.T) {
		// Under a policy the bridge asks for names of topics, as the user.
		text := overTLS(fromClient(t, issuer, at)) + "policies: [{identities: ['*'], allow: read-write, topics: ['*']}]\n"
		name := bridgeFile(t, text)
		o := runToEnd(t, stubPage, "bridge", "--check", name)
		mustSay(t, o.stdout, "it answers and offers OAUTHBEARER; whether it takes users' tokens can't be tried without one", "0 problems")
		c := startBridgeOf(t, name)
		mustBeToldApart(t, c, at, tokenFor(t, issuer, "alice", time.Hour), tokenFor(t, issuer, "bob", time.Hour))
		_, err := c.dialer("token of ci").Dial(t.Context(), at)
		mustSay(t, fmt.Sprint(err), "show the bridge a signed one (JWT)")
		tokens := mustOutliveItsToken(t, c, at, issuer)
		c.stop()
		for _, token := range tokens {
			if strings.Contains(c.stdout.String()+c.stderr.String(), strings.Split(token, ".")[2]) {
				t.Errorf("a token is in:\n%s", c.stderr.String())
			}
		}
	})
}

// allowWriting makes a topic, with one record, that a user may write to and read.
func allowWriting(t *testing.T, cluster *kafkatest.Cluster, user, topic string) {
	t.Helper()
	ctx := withPatience(t)
	direct, err := kgo.NewClient(kgo.SeedBrokers(cluster.Bootstrap()...))
	if err != nil {
		t.Fatal(err)
	}
	defer direct.Close()
	admin := kadm.NewClient(direct)
	if _, err := admin.CreateTopic(ctx, 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
	acls := kadm.NewACLs().Allow("User:"+user).AllowHosts("*").Topics(topic).Operations(kadm.OpRead, kadm.OpWrite, kadm.OpDescribe).ResourcePatternType(kadm.ACLPatternLiteral)
	created, err := admin.CreateACLs(ctx, acls)
	if err != nil || len(created) != 3 {
		t.Fatal(created, err)
	}
	for _, one := range created {
		if one.Err != nil {
			t.Fatal(one.Err)
		}
	}
	if err := direct.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("of " + topic)}).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// mustBeToldApart has alice and bob, at once, write to both topics and read their own.
func mustBeToldApart(t *testing.T, c *command, at, alice, bob string) {
	t.Helper()
	var users sync.WaitGroup
	for _, user := range []struct{ token, own, other string }{{alice, "orders-eu", "payments"}, {bob, "payments", "orders-eu"}} {
		client := franz(t, c.dialer(user.token), at, kgo.ConsumeTopics(user.own), kgo.DisableIdempotentWrite())
		users.Go(func() {
			defer client.Close()
			if got := topicsOf(t, client); len(got) != 1 || got[0] != user.own {
				t.Errorf("who owns %s sees the topics %q", user.own, got)
			}
			if !produces(t, client, user.own) || produces(t, client, user.other) {
				t.Errorf("who owns %s may not write to it, or may write to %s", user.own, user.other)
			}
			if records := client.PollFetches(withPatience(t)).Records(); len(records) == 0 || string(records[0].Value) != "of "+user.own {
				t.Errorf("who owns %s reads %v", user.own, records)
			}
		})
	}
	users.Wait()
}

// mustOutliveItsToken has a client write for several lives of its tokens, which it renews. It returns them.
func mustOutliveItsToken(t *testing.T, c *command, at string, issuer *jwttest.Issuer) (tokens []string) {
	t.Helper()
	const life, total = 6 * time.Second, 14 * time.Second
	d := c.dialer("")
	var mu sync.Mutex
	d.Token = func(context.Context) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		token := tokenFor(t, issuer, "alice", life)
		tokens = append(tokens, token)
		return token, nil
	}
	client := franz(t, d, at, kgo.DisableIdempotentWrite())
	defer client.Close()
	if !produces(t, client, "orders-eu") {
		t.Fatal("alice may not write")
	}
	connections := func() int { return strings.Count(c.stderr.String(), "msg=connected") }
	before := connections()
	for started := time.Now(); time.Since(started) < total; {
		if !produces(t, client, "orders-eu") {
			t.Fatalf("after %v: denied", time.Since(started))
		}
	}
	if now := connections(); now != before {
		t.Errorf("%d connections before, and %d after the tokens were renewed: some broke", before, now)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(tokens) < 3 {
		t.Errorf("%d tokens in %v", len(tokens), total)
	}
	return tokens
}
