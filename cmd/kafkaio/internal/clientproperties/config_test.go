package clientproperties

import (
	"crypto/tls"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testca"
)

func noFiles(string) ([]byte, error) { return nil, errors.New("no file is read here") }

const scram = "sasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=" + scramModule + ` required \
  username="alice" \
  password="sesame";
`

func TestProtocolsDecideWhatIsUsed(t *testing.T) {
	for _, row := range []struct {
		protocol        string
		hasTLS, hasSASL bool
		ignored         []string
	}{
		{"", false, false, []string{"sasl.mechanism", "sasl.jaas.config", "ssl.enabled.protocols", "client.id"}},
		{"security.protocol=PLAINTEXT\n", false, false, []string{"sasl.mechanism", "sasl.jaas.config", "ssl.enabled.protocols", "client.id"}},
		{"security.protocol=SSL\n", true, false, []string{"sasl.mechanism", "sasl.jaas.config", "client.id"}},
		{"security.protocol=SASL_PLAINTEXT\n", false, true, []string{"ssl.enabled.protocols", "client.id"}},
		{"security.protocol=sasl_ssl\n", true, true, []string{"client.id"}},
	} {
		text := "bootstrap.servers=a:9092, b\n" + row.protocol + scram + "ssl.enabled.protocols=TLSv1.3,TLSv1\nclient.id=me\n"
		c, err := newConfig([]byte(text), noFiles)
		if err != nil {
			t.Errorf("%s: %v", row.protocol, err)
			continue
		}
		if hasSASL := c.Mechanism == "SCRAM-SHA-512" && c.User == "alice" && c.Password == "sesame"; (c.TLS != nil) != row.hasTLS || hasSASL != row.hasSASL {
			t.Errorf("%s: TLS %v, mechanism %q", row.protocol, c.TLS != nil, c.Mechanism)
		}
		if c.TLS != nil && (c.TLS.MinVersion != tls.VersionTLS13 || c.TLS.MaxVersion != tls.VersionTLS13 || c.AnyName || c.TLS.InsecureSkipVerify) {
			t.Errorf("%s: %+v", row.protocol, c)
		}
		if !slices.Equal(c.Brokers, []string{"a:9092", "b"}) || !slices.Equal(c.Ignored, row.ignored) {
			t.Errorf("%s: brokers %q, ignored %q", row.protocol, c.Brokers, c.Ignored)
		}
	}
}

func TestSettingsThatMakeNoSenseAreNamedWithTheirLine(t *testing.T) {
	const ssl, sasl = "security.protocol=SSL\n", "security.protocol=SASL_SSL\n"
	for _, row := range []struct{ text, want string }{
		{"bootstrap.servers=http://a", `line 1: bootstrap.servers: address "http://a": it is a URL`},
		{"\nsecurity.protocol=TLS", "line 2: security.protocol: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL was expected"},
		{"security.protcol=SSL", "line 1: security.protcol: kafkaio doesn't know this setting"},
		{"security.providers=x", "line 1: security.providers: kafkaio doesn't know"},
		{"config.providers=file", "line 1: config.providers: kafkaio takes values as they are in the file"},
		{ssl + "ssl.cipher.suites=x", "line 2: ssl.cipher.suites: kafkaio doesn't know"},
		{ssl + "ssl.engine.factory.class=x", "line 2: ssl.engine.factory.class"},
		{ssl + "ssl.enabled.protocols=TLSv1.1", "line 2: ssl.enabled.protocols: TLSv1.2, TLSv1.3 or both were expected"},
		{ssl + "ssl.endpoint.identification.algorithm=ldap", "line 2: ssl.endpoint.identification.algorithm: https was expected"},
		{ssl + "ssl.truststore.certificates=x", "line 2: ssl.truststore.certificates: it goes with ssl.truststore.type=PEM"},
		{ssl + "ssl.truststore.type=PEM\nssl.truststore.certificates=x", "line 3: ssl.truststore.certificates: it has no certificate in PEM"},
		{ssl + "ssl.truststore.location=x", "line 2: ssl.truststore.location: no file is read here"},
		{ssl + "ssl.keystore.type=PEM\nssl.keystore.key=x", "line 3: ssl.keystore.key: it goes with ssl.keystore.certificate.chain"},
		{ssl + "ssl.keystore.type=PEM\nssl.keystore.certificate.chain=x", "line 3: ssl.keystore.certificate.chain: it goes with ssl.keystore.key"},
		{sasl, "sasl.mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 was expected; without it Java's clients take GSSAPI"},
		{sasl + "sasl.mechanism=OAUTHBEARER", "line 2: sasl.mechanism: PLAIN, SCRAM"},
		{sasl + "sasl.mechanism=PLAIN", "sasl.jaas.config: it is missing"},
		{sasl + scram + "sasl.client.callback.handler.class=x", "line 6: sasl.client.callback.handler.class: kafkaio doesn't know"},
		{"client.id=a\nlisten: b\n- name: sesame", "line 3: key=value was expected"},
	} {
		if _, err := newConfig([]byte(row.text), noFiles); err == nil || !strings.HasPrefix(err.Error(), row.want) {
			t.Errorf("%q: %v; want %s", row.text, err, row.want)
		}
	}
}

// write writes a file, and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// inline is PEM as it is written into a file of settings.
func inline(pem string) string { return strings.ReplaceAll(strings.TrimSpace(pem), "\n", " \\\n  ") }

func TestStoresInPEM(t *testing.T) {
	ca := testca.New(t)
	client := ca.Issue(t, "client")
	const head = "security.protocol=SSL\nssl.truststore.type=PEM\nssl.keystore.type=PEM\n"
	for name, text := range map[string]string{
		"files":  head + "ssl.truststore.location=" + write(t, "ca.pem", ca.PEM) + "\nssl.keystore.location=" + write(t, "client.pem", client.Key+client.Chain) + "\n",
		"inline": head + "ssl.truststore.certificates=" + inline(ca.PEM) + "\nssl.keystore.certificate.chain=" + inline(client.Chain) + "\nssl.keystore.key=" + inline(client.Key) + "\nssl.endpoint.identification.algorithm=\n",
	} {
		c, err := Read(write(t, "client.properties", text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !c.TLS.RootCAs.Equal(ca.Pool()) || len(c.TLS.Certificates) != 1 || c.AnyName != (name == "inline") || len(c.Ignored) > 0 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestOtherStoresAreErrorsThatSayHowToConvert(t *testing.T) {
	ca := testca.New(t)
	pem, jks := write(t, "ca.pem", ca.PEM), write(t, "store.jks", "\xfe\xed\xfe\xed\x00\x00\x00\x02")
	encrypted := write(t, "client.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n")
	for _, row := range []struct {
		text string
		want []string
	}{
		{"ssl.truststore.location=" + jks, []string{"line 2: ssl.truststore.location: kafkaio reads PEM", "keytool -list -rfc -keystore " + jks, "ssl.truststore.type=PEM"}},
		{"ssl.truststore.type=PEM\nssl.truststore.location=" + jks, []string{"keytool"}},
		{"ssl.truststore.location=" + pem, []string{pem + " is in PEM: add ssl.truststore.type=PEM"}},
		{"ssl.keystore.type=PKCS12\nssl.keystore.location=" + jks, []string{"keytool -importkeystore -srckeystore " + jks, "openssl pkcs12 -in client.p12", "ssl.keystore.type=PEM"}},
		{"ssl.keystore.type=PEM\nssl.keystore.location=" + encrypted, []string{"the key is encrypted", "openssl pkey -in"}},
		{"ssl.keystore.type=PEM\nssl.keystore.location=" + pem, []string{"ssl.keystore.location: tls: "}},
	} {
		_, err := newConfig([]byte("security.protocol=SSL\n"+row.text+"\nssl.keystore.password=sesame\nssl.key.password=sesame"), readFile)
		if err == nil || strings.Contains(err.Error(), "sesame") {
			t.Fatalf("%s: %v", row.text, err)
		}
		for _, want := range row.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in: %v", want, err)
			}
		}
	}
}

func TestALargeFileIsRefused(t *testing.T) {
	name := write(t, "client.properties", strings.Repeat("#", maxSize+1))
	if _, err := Read(name); err == nil || !strings.Contains(err.Error(), name+": it has more than") {
		t.Error(err)
	}
}
