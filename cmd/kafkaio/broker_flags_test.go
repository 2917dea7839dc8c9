package main

import (
	"crypto/tls"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

const plainProperties = `sasl.mechanism=PLAIN
sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="open-sesame-42";
`

// properties writes a file for --command-config.
func properties(t *testing.T, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "client.properties")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// accessOf is what flags say.
func accessOf(t *testing.T, args ...string) *brokerAccess {
	t.Helper()
	var f brokerFlags
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	f.add(set)
	f.addTimeout(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	a, err := f.access()
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return a
}

func TestFlagsCountMoreThanTheFile(t *testing.T) {
	t.Setenv(passwordEnv, "open-sesame-43")
	ca, other := testca.New(t), testca.New(t)
	file := "--command-config=" + properties(t, "security.protocol=SASL_SSL\nssl.endpoint.identification.algorithm=\nssl.truststore.type=PEM\nssl.truststore.certificates="+
		strings.ReplaceAll(ca.PEM, "\n", `\n`)+"\n"+plainProperties)
	caFile := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(caFile, []byte(other.PEM), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		flag      string
		ca        *testca.Authority
		anyName   bool
		insecure  bool
		mechanism string
		user      string
	}{
		{"--timeout=1m", ca, true, false, "PLAIN", "alice"},
		{"--ca=" + caFile, other, true, false, "PLAIN", "alice"},
		{"--server-name=kafka", ca, false, false, "PLAIN", "alice"},
		{"--insecure", ca, false, true, "PLAIN", "alice"},
		{"--sasl=scram-sha-256 --user=bob", ca, true, false, "SCRAM-SHA-256", "bob"},
	} {
		a := accessOf(t, append(strings.Fields(row.flag), file)...)
		anyName := a.tls.InsecureSkipVerify && a.tls.VerifyConnection != nil
		insecure := a.tls.InsecureSkipVerify && a.tls.VerifyConnection == nil
		if !a.tls.RootCAs.Equal(row.ca.Pool()) || anyName != row.anyName || insecure != row.insecure || a.sasl.Name() != row.mechanism || a.user != row.user {
			t.Errorf("%s: %+v, any name %v, insecure %v, %s of %s", row.flag, a, anyName, insecure, a.sasl.Name(), a.user)
		}
	}
}

func TestAddressesOfConnectToAreTakenInOneForm(t *testing.T) {
	got := accessOf(t, "--connect-to=Kafka.=localhost:19092", "--connect-to=[::1]:1=a:2").connectTo
	if want := map[string]string{"kafka:9092": "localhost:19092", "[::1]:1": "a:2"}; !maps.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheBridgeWantsVerifiedTLSUnlessTheUserWantsNone(t *testing.T) {
	t.Setenv(passwordEnv, "sesame")
	for args, want := range map[string]bool{
		"":                                     false,
		"--tls":                                false,
		"--insecure":                           false,
		"--tls --sasl=plain --user=alice":      false,
		"--sasl=plain --user=alice":            true,
		"--insecure --sasl=plain --user=alice": true,
		"--server-name=a --sasl=plain --user=alice": false,
	} {
		if c := accessOf(t, strings.Fields(args)...).bridgeConfig([]string{"a"}); c.AllowPlaintext != want {
			t.Errorf("%q: %v", args, c.AllowPlaintext)
		}
	}
}

func TestTheFileSaysWhereTheBrokersAreAndHowToReachThem(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.User("PLAIN", "alice", "open-sesame-42"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	addr := cluster.ListenAddrs()[0]
	file := properties(t, "bootstrap.servers="+addr+"\nlinger.ms=5\nsecurity.protocol=SASL_PLAINTEXT\n"+plainProperties)
	o := runToEnd(t, stubPage, patiently("--command-config", file)...)
	mustSay(t, o.stdout, addr+"\n", "PLAIN as alice", "All is well")
	if want := "kafkaio: " + file + ": kafkaio has no use for linger.ms\n"; o.code != exitOK || o.stderr != want {
		t.Errorf("exit code %d, stderr %q, want %q", o.code, o.stderr, want)
	}
	c := start(t, stubPage, "explore", "--command-config", file, "--listen", "127.0.0.1:0", "--timeout", "1m")
	mustSay(t, c.stdout.String(), "Exploring the cluster at "+addr, "There is no TLS")

	for _, command := range []string{"ping", "explore"} {
		o := runToEnd(t, stubPage, command, "--command-config", properties(t, "client.id=a"))
		if o.code != exitUsage {
			t.Errorf("%s: exit code %d", command, o.code)
		}
		mustSay(t, o.stderr, "has no bootstrap.servers", "localhost:9092")
	}
}

func TestWhatTheFileSaysTooMuchIsTakenBackInTheFile(t *testing.T) {
	addr := broker(t)
	file := properties(t, "security.protocol=SASL_PLAINTEXT\n"+plainProperties)
	o := runToEnd(t, stubPage, patiently(addr, "--command-config", file)...)
	mustSay(t, o.stdout, "takes no SASL", "\n    security.protocol=PLAINTEXT in "+file+"\n")
}

func TestACertificateOfAnyNameHasToBeTrusted(t *testing.T) {
	ca := testca.New(t)
	server := &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "elsewhere.example").TLS(t)}}
	addr := testnet.Serve(t, func(c net.Conn) { tls.Server(c, server).Handshake() })
	for trusted, authority := range map[bool]*testca.Authority{true: ca, false: testca.New(t)} {
		client := &tls.Config{ServerName: "kafka.example", RootCAs: authority.Pool()}
		verifyAnyName(client)
		c := testnet.Dial(t, addr)
		if err := tls.Client(c, client).HandshakeContext(withPatience(t)); (err == nil) != trusted {
			t.Errorf("trusted %v: %v", trusted, err)
		}
		c.Close()
	}
}
