package clientproperties

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"strings"
)

// tls reads what begins with ssl.
func (r *reader) tls(c *Config) (err error) {
	c.TLS = new(tls.Config)
	if err := r.versions(c.TLS); err != nil {
		return err
	}
	if c.TLS.RootCAs, err = r.trustStore(); err != nil {
		return err
	}
	if c.TLS.Certificates, err = r.keyStore(); err != nil {
		return err
	}
	const key = "ssl.endpoint.identification.algorithm"
	switch algorithm := r.take(key, "https"); {
	case r.isEmpty(key):
		c.AnyName = true
	case !strings.EqualFold(algorithm, "https"):
		return r.errorf(key, "https was expected; or nothing, which accepts a trusted certificate of any name")
	}
	return nil
}

// versions reads the versions of TLS. Those below 1.2 are never used.
func (r *reader) versions(c *tls.Config) error {
	const key = "ssl.enabled.protocols"
	known := map[string]uint16{"TLSv1.2": tls.VersionTLS12, "TLSv1.3": tls.VersionTLS13}
	var versions []uint16
	for name := range strings.SplitSeq(r.take(key, "TLSv1.2,TLSv1.3"), ",") {
		if v, ok := known[strings.TrimSpace(name)]; ok {
			versions = append(versions, v)
		}
	}
	if len(versions) == 0 {
		return r.errorf(key, "TLSv1.2, TLSv1.3 or both were expected")
	}
	c.MinVersion, c.MaxVersion = versions[0], versions[0]
	for _, v := range versions {
		c.MinVersion, c.MaxVersion = min(c.MinVersion, v), max(c.MaxVersion, v)
	}
	return nil
}

// trustStore returns nil for the system's authorities.
func (r *reader) trustStore() (*x509.CertPool, error) {
	const location, inline = "ssl.truststore.location", "ssl.truststore.certificates"
	text, from, err := r.store("ssl.truststore.type", location, inline, `
  keytool -list -rfc -keystore FILE >truststore.pem
Then say ssl.truststore.type=PEM and ssl.truststore.location=truststore.pem`)
	if text == nil || err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, r.errorf(from, "it has no certificate in PEM")
	}
	return roots, nil
}

// keyStore returns the client's certificate, if there is one.
func (r *reader) keyStore() ([]tls.Certificate, error) {
	const location, chain, key = "ssl.keystore.location", "ssl.keystore.certificate.chain", "ssl.keystore.key"
	text, from, err := r.store("ssl.keystore.type", location, chain, `
  keytool -importkeystore -srckeystore FILE -destkeystore client.p12 -deststoretype PKCS12
  openssl pkcs12 -in client.p12 -nodes -out client.pem
Then say ssl.keystore.type=PEM and ssl.keystore.location=client.pem`)
	if err != nil {
		return nil, err
	}
	keyText := []byte(normalPEM(r.take(key, "")))
	switch {
	case text == nil && len(keyText) > 0:
		return nil, r.errorf(key, "it goes with %s", chain)
	case text == nil:
		return nil, nil
	case from == location && len(keyText) > 0:
		return nil, r.errorf(key, "it goes with %s: the file in %s has a key of its own", chain, location)
	case from == location:
		keyText = text
	case len(keyText) == 0:
		return nil, r.errorf(chain, "it goes with %s", key)
	default:
		from = key
	}
	if isEncrypted(keyText) {
		return nil, r.errorf(from, "the key is encrypted, which kafkaio doesn't read: decrypt it with\n  openssl pkey -in FILE -out client.key")
	}
	pair, err := tls.X509KeyPair(text, keyText)
	if err != nil {
		return nil, r.errorf(from, "%w", err)
	}
	return []tls.Certificate{pair}, nil
}

// store returns the PEM of a store, and the key that it is from. Both are empty if there is no store.
// convert says how to make PEM of another store.
func (r *reader) store(typeKey, location, inline, convert string) (text []byte, from string, err error) {
	file, value := r.take(location, ""), r.take(inline, "")
	kind := strings.ToUpper(r.take(typeKey, "JKS"))
	switch {
	case file == "" && value == "":
		return nil, "", nil
	case file != "" && value != "":
		return nil, "", r.errorf(inline, "it excludes %s", location)
	case file == "" && kind != "PEM":
		return nil, "", r.errorf(inline, "it goes with %s=PEM: add that", typeKey)
	case file == "":
		return []byte(normalPEM(value)), inline, nil
	}
	if text, err = r.readFile(file); err != nil {
		return nil, "", r.errorf(location, "%w", err)
	}
	isPEM := bytes.Contains(text, []byte("-----BEGIN "))
	switch {
	case kind != "PEM" && isPEM:
		return nil, "", r.errorf(location, "%s is in PEM: add %s=PEM", file, typeKey)
	case !isPEM:
		return nil, "", r.errorf(location, "kafkaio reads PEM, and %s is a Java key store: convert it with%s", file, strings.ReplaceAll(convert, "FILE", file))
	}
	return text, location, nil
}

// isEncrypted reports whether the first key in PEM is.
func isEncrypted(text []byte) bool {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return false
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")
		}
	}
}

var pemHead, pemEnd = regexp.MustCompile(`(-----BEGIN [^-]+-----)\s*`), regexp.MustCompile(`\s*(-----END [^-]+-----)\s*`)

// normalPEM gives the lines of PEM back to a value in which blanks are in place of line ends.
func normalPEM(value string) string {
	return pemEnd.ReplaceAllString(pemHead.ReplaceAllString(value, "$1\n"), "\n$1\n")
}
