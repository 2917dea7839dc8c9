package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestCheckTriesFilesCertificatesAndBrokers(t *testing.T) {
	o := runToEnd(t, stubPage, "bridge", "--check", bridgeFile(t, oneCluster(broker(t))))
	if o.code != exitOK {
		t.Errorf("exit code %d: %s", o.code, o.stdout+o.stderr)
	}
	mustSay(t, o.stdout, "ok       auth.tokens: 2 tokens", "it answers", "0 problems, 1 warning.")

	authority := testca.New(t)
	pair := authority.Issue(t, "tools.example", "10.0.0.1")
	dir := t.TempDir()
	cert, key, password := filepath.Join(dir, "cert"), filepath.Join(dir, "key"), filepath.Join(dir, "password")
	writeFile(t, cert, pair.Chain)
	writeFile(t, key, pair.Key)
	writeFile(t, password, "sesame ")
	text := fmt.Sprintf(`
tls: {cert: %s, key: %s}
hosts: [tools.example, other.example]
clusters:
  - {name: a, brokers: ['%s']}
  - {name: b, brokers: [kafka], tls: {ca: %s}}
  - {name: c, brokers: ['%s'], allow_plaintext: true, sasl: {mechanism: plain, user: u, password_file: %s}}
`, cert, key, testnet.ClosedPort(t), filepath.Join(dir, "missing"), testnet.ClosedPort(t), password)
	o = runToEnd(t, stubPage, "bridge", "--check", bridgeFile(t, text))
	if o.code != exitError {
		t.Errorf("exit code %d: %s", o.code, o.stdout+o.stderr)
	}
	mustSay(t, o.stdout, "for tools.example, 10.0.0.1; from ", "it isn't for other.example, which is one of hosts, but for tools.example, 10.0.0.1: issue one", "problem  a: ", "problem  b: tls.ca: ", "no such file", "begins or ends with a space")
	if strings.Contains(o.stdout+o.stderr, "sesame") {
		t.Errorf("a secret is shown:\n%s", o.stdout)
	}
}

func TestCheckAuthenticatesToTheBrokers(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "kafkaio", "sesame"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	password := filepath.Join(t.TempDir(), "password")
	name := bridgeFile(t, fmt.Sprintf("clusters: [{name: prod, brokers: ['%s'], allow_plaintext: true, sasl: {mechanism: scram-sha-512, user: kafkaio, password_file: %s}}]\n", cluster.ListenAddrs()[0], password))
	for text, want := range map[string]string{"sesame\n": "ok       prod: ", "sesame2": "problem  prod: "} {
		writeFile(t, password, text)
		o := runToEnd(t, stubPage, "bridge", "--check", name)
		if (o.code == exitOK) != (text == "sesame\n") || strings.Contains(o.stdout+o.stderr, "sesame") {
			t.Errorf("%q: exit code %d: %s", text, o.code, o.stdout+o.stderr)
		}
		mustSay(t, o.stdout, want)
	}
	o := runToEnd(t, stubPage, "bridge", "--check", "--broker", cluster.ListenAddrs()[0])
	mustSay(t, o.stdout, "problem  kafka: "+cluster.ListenAddrs()[0]+" wants its clients to authenticate. It offers ", "Set the cluster's sasl: mechanism (")
	if strings.Contains(o.stdout, "--sasl") {
		t.Errorf("flags of another command: %s", o.stdout)
	}
	identities := filepath.Join(t.TempDir(), "identities.yaml")
	writeFile(t, identities, "ci: {user: kafkaio, password: sesame}\nops: {user: kafkaio, password: sesame2}\n")
	addr := cluster.ListenAddrs()[0]
	o = runToEnd(t, stubPage, "bridge", "--check", bridgeFile(t, withSASL(addr, "mechanism: scram-sha-512, identities_file: "+identities)))
	mustSay(t, o.stdout, "takes the credentials of ci", "problem  prod: as ops: "+addr+" did not complete the authentication")
}

func TestUnlistedBrokersOfTheBridgesMachineAreNamed(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(3))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	addrs := cluster.ListenAddrs()
	slices.Sort(addrs)
	unlisted := strings.Join(addrs[1:], ", ")
	o := runToEnd(t, stubPage, "bridge", "--check", "--broker", addrs[0])
	if o.code != exitError {
		t.Errorf("exit code %d", o.code)
	}
	mustSay(t, o.stdout, "problem  kafka: ", "add these to clusters[].brokers: "+unlisted)
	if o = runToEnd(t, stubPage, "bridge", "--check", "--broker", strings.Join(addrs, ",")); o.code != exitOK {
		t.Errorf("all listed: exit code %d: %s", o.code, o.stdout)
	}

	var logged strings.Builder
	f := config.File{Clusters: []config.Cluster{{Name: "prod", Brokers: addrs[:1]}}, MaxMemory: 64 << 20}
	s, err := newBridgeServer(t.Context(), f, slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.warnOfUnlisted(t.Context())
	mustSay(t, logged.String(), "level=WARN", addUnlisted, `cluster=prod brokers="`+unlisted+`"`)
}

func TestCheckOfACertificateThatIsNotGoodNow(t *testing.T) {
	for name, row := range map[string]struct {
		from, to time.Duration // from now
		want     string
		isGood   bool
	}{
		"expired":      {-48 * time.Hour, -24 * time.Hour, "problem  it: it expired on ", false},
		"soon":         {-24 * time.Hour, 24 * time.Hour, "warning  it: it expires on ", true},
		"not yet":      {24 * time.Hour, 48 * time.Hour, "problem  it: it isn't valid before ", false},
		"for long yet": {-24 * time.Hour, 1000 * time.Hour, "", true},
	} {
		var out strings.Builder
		c := &configCheck{out: printer{w: &out}}
		leaf := &x509.Certificate{NotBefore: time.Now().Add(row.from), NotAfter: time.Now().Add(row.to), DNSNames: []string{"a"}}
		c.certificate("it", &tls.Certificate{Leaf: leaf}, nil)
		if !strings.Contains(out.String(), row.want) || strings.Contains(out.String(), "ok ") != row.isGood {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}
