package clientproperties

import (
	"strings"
	"testing"
)

// FuzzNewConfig looks for panics, and for a password that is in an error.
func FuzzNewConfig(f *testing.F) {
	const jaas = "sasl.jaas.config=" + scramModule + ` required username="alice" password="PASSWORD";`
	for _, seed := range []string{
		"", "a=b", "a\\\n=b", "security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\n" + jaas,
		"security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n" + jaas, jaas[:len(jaas)-1], strings.ReplaceAll(jaas, `"`, ""),
		"security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.key=-----BEGIN PRIVATE KEY----- PASSWORD -----END PRIVATE KEY-----\nssl.keystore.certificate.chain=x",
		"ssl.key.password=PASSWORD\nsecurity.protocol=SSL", "=PASSWORD", `a=\u12`, "bootstrap.servers=a,b\nconfig.providers=x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const secret = "open-sesame-42"
		text = strings.ReplaceAll(text, "PASSWORD", secret)
		c, err := newConfig([]byte(text), noFiles)
		if (c == nil) == (err == nil) {
			t.Errorf("%v, %v", c, err)
		}
		// What comes before = or in addresses is no secret.
		settings, _ := parse([]byte(text))
		for _, s := range settings {
			if strings.Contains(s.key, secret) || s.key == "bootstrap.servers" && strings.Contains(s.value, secret) {
				return
			}
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("the secret is in: %v", err)
		}
	})
}
