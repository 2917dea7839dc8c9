package ping_test

import (
	"crypto/tls"
	"maps"
	"testing"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TestApacheKafka asks each kind of listener in the right way and in those that users try.
func TestApacheKafka(t *testing.T) {
	ca := testca.New(t)
	client := ca.Issue(t, "client")
	const module = "org.apache.kafka.common.security."
	const login = module + `plain.PlainLoginModule required user_alice="` + password + `";`
	const scramLogin = module + `scram.ScramLoginModule required;`
	properties := kafkatest.TLSProperties(t, ca)
	maps.Copy(properties, map[string]string{
		"sasl.enabled.mechanisms":                                     "PLAIN,SCRAM-SHA-256",
		"listener.name.sasl_plaintext.plain.sasl.jaas.config":         login,
		"listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": scramLogin,
		"listener.name.sasl_ssl.plain.sasl.jaas.config":               login,
		"listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config":       scramLogin,
	})
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1, Protocols: []string{"SSL", "SASL_PLAINTEXT", "SASL_SSL"}, Properties: properties})
	identified, stranger := trusting(ca), trusting(ca)
	identified.Certificates = []tls.Certificate{client.TLS(t)}
	stranger.Certificates = []tls.Certificate{testca.New(t).Issue(t, "stranger").TLS(t)}
	alice := plain.Auth{User: "alice", Pass: password}.AsMechanism()
	guess := plain.Auth{User: "alice", Pass: "guess"}.AsMechanism()
	scram256 := scram.Auth{User: "bob", Pass: "guess"}.AsSha256Mechanism()
	scram512 := scram.Auth{User: "bob", Pass: "guess"}.AsSha512Mechanism()
	for _, row := range []struct {
		name, protocol string
		tls            *tls.Config
		sasl           sasl.Mechanism
		code           string // none: all is well
	}{
		{"PLAINTEXT", "PLAINTEXT", nil, nil, ""},
		{"PLAINTEXT asked with TLS", "PLAINTEXT", trusting(ca), nil, "plaintext-port"},
		{"PLAINTEXT asked with SASL", "PLAINTEXT", nil, alice, "sasl-not-offered"},
		{"CONTROLLER", "CONTROLLER", nil, nil, "controller-listener"},
		{"CONTROLLER asked with SASL", "CONTROLLER", nil, alice, "controller-listener"},
		{"SSL", "SSL", identified, nil, ""},
		{"SSL asked in plaintext", "SSL", nil, nil, "tls-port"},
		{"SSL without a certificate", "SSL", trusting(ca), nil, "client-certificate-required"},
		{"SSL with a certificate of another authority", "SSL", stranger, nil, "client-certificate-unsuitable"},
		{"SSL with another authority", "SSL", trusting(testca.New(t)), nil, "certificate-unknown-ca"},
		{"SASL_PLAINTEXT", "SASL_PLAINTEXT", nil, alice, ""},
		{"SASL_PLAINTEXT without SASL", "SASL_PLAINTEXT", nil, nil, "sasl-required"},
		{"SASL_PLAINTEXT with a wrong password", "SASL_PLAINTEXT", nil, guess, "sasl-refused"},
		{"SASL_PLAINTEXT with a wrong password and SCRAM", "SASL_PLAINTEXT", nil, scram256, "sasl-refused"},
		{"SASL_PLAINTEXT with a mechanism that isn't enabled", "SASL_PLAINTEXT", nil, scram512, "sasl-mechanism"},
		{"SASL_SSL", "SASL_SSL", trusting(ca), alice, ""},
		{"SASL_SSL without SASL", "SASL_SSL", trusting(ca), nil, "sasl-required"},
		{"SASL_SSL asked in plaintext", "SASL_SSL", nil, alice, "tls-port"},
	} {
		t.Run(row.name, func(t *testing.T) {
			addr := cluster.BootstrapOf(row.protocol)[0]
			r, err := ping.Run(t.Context(), ping.Options{Addr: addr, Timeout: patience, TLS: row.tls, SASL: row.sasl, User: "alice"})
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case row.code == "":
				if r.Verdict != ping.AllWell || r.Kafka != "4.3" || len(r.Cluster.ID) != 22 || len(r.Brokers) != 1 || r.Brokers[0].Advertised() != addr {
					t.Errorf("%+v", r)
				}
			case len(r.Problems) != 1 || r.Problems[0].Code != row.code:
				t.Errorf("want %s: %+v", row.code, r)
			}
		})
	}
}
