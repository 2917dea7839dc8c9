package kafkatest

import (
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testca"
)

// TLSProperties returns the Properties of brokers whose Protocols are with TLS: authority issues their
// certificate, for 127.0.0.1. SSL demands a certificate of authority from each client; SASL_SSL doesn't.
func TLSProperties(t testing.TB, authority *testca.Authority) map[string]string {
	t.Helper()
	return tlsProperties(t, authority, "127.0.0.1")
}

// tlsProperties is TLSProperties with a certificate for host.
func tlsProperties(t testing.TB, authority *testca.Authority, host string) map[string]string {
	t.Helper()
	broker := authority.Issue(t, host)
	return map[string]string{
		"ssl.keystore.type":                 "PEM",
		"ssl.keystore.certificate.chain":    broker.Chain,
		"ssl.keystore.key":                  broker.Key,
		"ssl.truststore.type":               "PEM",
		"ssl.truststore.certificates":       authority.PEM,
		"listener.name.ssl.ssl.client.auth": "required",
	}
}
