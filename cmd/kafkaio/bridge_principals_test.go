package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/jwttest"
)

// reads lets a user read a topic.
func reads(topic string) (acls []kfake.ACL) {
	for _, operation := range []kmsg.ACLOperation{kmsg.ACLOperationRead, kmsg.ACLOperationDescribe} {
		acls = append(acls, kfake.ACL{Resource: kmsg.ACLResourceTypeTopic, Name: topic, Pattern: kmsg.ACLResourcePatternTypeLiteral, Operation: operation, Allow: true})
	}
	return acls
}

// withSASL is oneCluster with sasl for its broker.
func withSASL(addr, sasl string) string {
	brokers := fmt.Sprintf("brokers: [%q]", addr)
	return strings.Replace(oneCluster(addr), brokers, brokers+", allow_plaintext: true, sasl: {"+sasl+"}", 1)
}

// TestUsersArePrincipalsOfTheirOwn has brokers tell the identities ci and ops apart, and their file change.
func TestUsersArePrincipalsOfTheirOwn(t *testing.T) {
	const mechanism = "SCRAM-SHA-256"
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(1, "orders-eu", "payments"), kfake.EnableSASL(), kfake.EnableACLs(),
		kfake.User(mechanism, "alice", "sesame-1", reads("orders-eu")...), kfake.User(mechanism, "bob", "sesame-2", reads("payments")...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	addr := cluster.ListenAddrs()[0]
	const both = "ci: {user: alice, password: sesame-1}\nops: {user: bob, password: sesame-2}\n"
	identities := filepath.Join(t.TempDir(), "identities.yaml")
	writeFile(t, identities, both)
	name := bridgeFile(t, withSASL(addr, "mechanism: scram-sha-256, identities_file: "+identities))
	o := runToEnd(t, stubPage, "bridge", "--check", name)
	mustSay(t, o.stdout, "it answers and takes the credentials of ci;", "it answers and takes the credentials of ops;", "0 problems")

	c := startBridgeOf(t, name)
	for token, want := range map[string]string{"token of ci": "orders-eu", "token of ops": "payments"} {
		client := franz(t, c.dialer(token), addr)
		if got := topicsOf(t, client); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: the topics are %q", token, got)
		}
		client.Close()
	}
	writeFile(t, identities, strings.Split(both, "ops")[0])
	if _, err := c.dialer("token of ops").Dial(t.Context(), addr); err == nil || !strings.Contains(err.Error(), "the bridge has no credentials of ops for this cluster: its operator adds") {
		t.Errorf("ops, taken out: %v", err)
	}
	topicsOf(t, franz(t, c.dialer("token of ci"), addr))

	writeFile(t, identities, strings.Replace(both, "sesame-2", "sesame-3", 1))
	if _, err := c.dialer("token of ops").Dial(t.Context(), addr); err == nil || !strings.Contains(err.Error(), "could not authenticate to") {
		t.Errorf("ops with another password: %v", err)
	}
	bad := runToEnd(t, stubPage, "bridge", "--check", name)
	mustSay(t, bad.stdout, "takes the credentials of ci;", "Check the name and the password: some brokers hang up where they are wrong", "1 problem")
	c.stop()
	if said := c.stdout.String() + c.stderr.String() + o.stdout + o.stderr + bad.stdout + bad.stderr; strings.Contains(said, "sesame") {
		t.Errorf("a password is in:\n%s", said)
	}
}

// fromClient is withSASL with users' own tokens, which i issues.
func fromClient(t *testing.T, i *jwttest.Issuer, addr string) string {
	t.Helper()
	text := withSASL(addr, "mechanism: oauthbearer, token: from-client")
	return strings.Replace(text, "auth:\n", fmt.Sprintf("auth:\n  jwt: {issuer: https://login.example, audience: kafkaio, jwks: %s}\n", i.KeysFile(t)), 1)
}

// tokenFor is a good token of a user.
func tokenFor(t *testing.T, i *jwttest.Issuer, user string, life time.Duration) string {
	t.Helper()
	return jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", jwt.MapClaims{
		"iss": "https://login.example", "aud": "kafkaio", "sub": user, "iat": time.Now().Unix(), "exp": time.Now().Add(life).Unix(),
	})
}

// The broker takes no OAUTHBEARER, so that a token gets as far as its refusal.
func TestATokenIsPassedOnAndNothingElse(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("PLAIN", "root", "sesame"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	addr, i := cluster.ListenAddrs()[0], jwttest.New(t)
	text := fromClient(t, i, addr)
	o := runToEnd(t, stubPage, "bridge", "--check", bridgeFile(t, text))
	mustSay(t, o.stdout, "Add OAUTHBEARER to sasl.enabled.mechanisms in server.properties", "1 problem")
	c := startBridge(t, text)
	token := tokenFor(t, i, "alice", time.Hour)
	if _, err := c.dialer(token).Dial(t.Context(), addr); err == nil || !strings.Contains(err.Error(), "UNSUPPORTED_SASL_MECHANISM") {
		t.Errorf("a signed token: %v", err)
	}
	if _, err := c.dialer("token of ci").Dial(t.Context(), addr); err == nil || !strings.Contains(err.Error(), "show the bridge a signed one (JWT) of its issuer") {
		t.Errorf("a static token: %v", err)
	}
	_, list := c.listAs(token, "")
	c.stop()
	said := fmt.Sprint(list) + c.stdout.String() + c.stderr.String()
	for _, part := range strings.Split(token, ".") {
		if strings.Contains(said, part) {
			t.Errorf("%q of the token is in:\n%s", part, said)
		}
	}
}

// produces reports whether a client may write to a topic.
func produces(t *testing.T, client *kgo.Client, topic string) bool {
	t.Helper()
	err := client.ProduceSync(withPatience(t), &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr()
	if err != nil && !errors.Is(err, kerr.TopicAuthorizationFailed) {
		t.Errorf("producing to %s: %v", topic, err)
	}
	return err == nil
}
