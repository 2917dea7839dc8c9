package pagetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestAnAdvertisedAddressThatLeadsNowhere has a broker with TLS and SCRAM advertise a name that resolves nowhere,
// and a bridge that holds the credentials.
func TestAnAdvertisedAddressThatLeadsNowhere(t *testing.T) {
	const user, password, advertised = "alice", "open-sesame-42", "kafka.invalid:29092"
	ca := testca.New(t)
	cluster := kafkatest.StartSCRAM(t, kafkatest.Options{Brokers: 1, Advertised: map[string]string{"SASL_SSL": advertised}}, ca, user, password)
	kafka := newKafka(t, cluster.Bootstrap())
	topic := kafka.newTopic("far-away", 1, nil)
	kafka.produce(&kgo.Record{Topic: topic, Value: []byte("from far away")})
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	at := cluster.BootstrapOf("SASL_SSL")[0]
	config := fmt.Sprintf(`listen: 127.0.0.1:0
page: true
clusters:
  - name: prod
    brokers: ["%s"]
    tls: {ca: %s, server_name: kafka.invalid}
    sasl: {mechanism: scram-sha-512, user: %s, password_file: %s}
`, at, write("ca.pem", ca.PEM), user, write("password", password))

	c := start(t, "bridge", write("without.yaml", config))
	p := openTopic(t, c.link+"#", topic, wide)
	p.untilText("#tail-error", "This topic can't be read. The bridge finds no address of "+advertised+".")
	p.untilText("#tail-error", "--connect-to "+advertised+"=HOST:PORT")
	p.untilText("#tail-error", "connect_to in the file")
	p.untilText("#brokers", "unreachable")
	if said := p.text("#empty"); strings.Contains(said, "No records") {
		t.Errorf("of a topic whose offsets aren't known the page says %q", said)
	}
	p.screenshot("without")
	c.stop(t)

	c = start(t, "bridge", write("with.yaml", config+fmt.Sprintf("    connect_to: {%q: %q}\n", advertised, at)))
	p = openTopic(t, c.link+"#", topic, wide)
	p.untilText(".record .value", "from far away")
	p.screenshot("with")
}
