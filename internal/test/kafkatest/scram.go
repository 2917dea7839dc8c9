package kafkatest

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha512"
	"maps"
	"net"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/testca"
)

const saslSSL = "SASL_SSL"

// StartSCRAM is Start for brokers that speak SASL_SSL too, as WithSCRAM has it. The user has the password.
func StartSCRAM(t testing.TB, o Options, authority *testca.Authority, user, password string) *Cluster {
	t.Helper()
	c := Start(t, WithSCRAM(t, o, authority))
	c.AddSCRAM(t, user, password)
	return c
}

// WithSCRAM returns Options of brokers that speak SASL_SSL too, with SCRAM-SHA-512. The authority issues their
// certificate, for the host that they advertise for SASL_SSL, or for 127.0.0.1. [Cluster.AddSCRAM] adds users.
func WithSCRAM(t testing.TB, o Options, authority *testca.Authority) Options {
	t.Helper()
	host := "127.0.0.1"
	if advertised, ok := o.Advertised[saslSSL]; ok {
		var err error
		if host, _, err = net.SplitHostPort(advertised); err != nil {
			t.Fatalf("kafkatest: %v", err)
		}
	}
	properties := tlsProperties(t, authority, host)
	properties["sasl.enabled.mechanisms"] = "SCRAM-SHA-512"
	properties["listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config"] = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
	maps.Copy(properties, o.Properties)
	o.Properties, o.Protocols = properties, append([]string{saslSSL}, o.Protocols...)
	return o
}

// AddSCRAM gives a user a password for SCRAM-SHA-512.
func (c *Cluster) AddSCRAM(t testing.TB, user, password string) {
	t.Helper()
	const iterations = 4096
	salt := []byte(rand.Text())
	salted, err := pbkdf2.Key(sha512.New, password, salt, iterations, sha512.Size)
	if err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(c.Bootstrap()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	alter := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
	alter.Upsertions = []kmsg.AlterUserSCRAMCredentialsRequestUpsertion{{
		Name: user, Mechanism: 2, Iterations: iterations, Salt: salt, SaltedPassword: salted, // KIP-554
	}}
	response, err := alter.RequestWith(t.Context(), client)
	if err == nil {
		err = kerr.ErrorForCode(response.Results[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}
