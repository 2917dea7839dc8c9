package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestExploreHoldsTheCredentialsForApacheKafka explores a broker that wants TLS and SCRAM, and that advertises
// a name which resolves nowhere, with the file of Java's clients and with flags.
func TestExploreHoldsTheCredentialsForApacheKafka(t *testing.T) {
	const user, password, advertised = "alice", "open-sesame-42", "kafka.invalid:29092"
	ca := testca.New(t)
	cluster := kafkatest.StartSCRAM(t, kafkatest.Options{Brokers: 1, Advertised: map[string]string{"SASL_SSL": advertised}}, ca, user, password)
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	caFile, passwordFile := write("ca.pem", ca.PEM), write("password", password+"\n")
	properties := func(password string) string {
		return write("client.properties", fmt.Sprintf(`bootstrap.servers=%s
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
  username="%s" \
  password="%s";
ssl.truststore.type=PEM
ssl.truststore.location=%s
client.id=a-tool-of-java
`, advertised, user, password, caFile))
	}
	at := cluster.BootstrapOf("SASL_SSL")[0]
	connectTo := "--connect-to=" + advertised + "=" + at
	for name, args := range map[string][]string{
		"file":  {"--command-config=" + properties(password)},
		"flags": {advertised, "--ca=" + caFile, "--sasl=scram-sha-512", "--user=" + user, "--password-file=" + passwordFile},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, stubPage, append(append([]string{"explore"}, args...), connectTo, "--listen=127.0.0.1:0", "--timeout=1m")...)
			client, err := kgo.NewClient(kgo.SeedBrokers(advertised), kgo.Dialer(c.dialer(c.token()).DialContext))
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			brokers, err := kadm.NewClient(client).ListBrokers(withPatience(t))
			if err != nil || len(brokers) != 1 || brokers[0].Host != "kafka.invalid" {
				t.Errorf("%v, %v", brokers, err)
			}
			if text := c.stdout.String() + c.stderr.String(); strings.Contains(text, password) {
				t.Errorf("the password is in:\n%s", text)
			}
		})
	}
	t.Run("without connect-to", func(t *testing.T) {
		o := runToEnd(t, stubPage, "explore", "--command-config="+properties(password), "--timeout=1m")
		mustSay(t, o.stderr, "There is no host named kafka.invalid")
		o = runToEnd(t, stubPage, "explore", at, "--command-config="+properties(password), "--server-name=kafka.invalid", "--timeout=1m")
		mustSay(t, o.stderr, "Broker 0 is advertised as kafka.invalid:29092.", "advertised.listeners=", "--connect-to "+advertised+"="+at)
	})
	t.Run("wrong password", func(t *testing.T) {
		o := runToEnd(t, stubPage, "explore", "--command-config="+properties("open-sesame-43"), connectTo, "--timeout=1m")
		mustSay(t, o.stderr, "kafkaio has no use for client.id", "refused the user alice with this password")
		if strings.Contains(o.stderr, "open-sesame") {
			t.Errorf("the password is in:\n%s", o.stderr)
		}
	})
}
