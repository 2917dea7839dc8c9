package clientproperties

import (
	"crypto/tls"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// A Config is what a file says.
type Config struct {
	Brokers        []string    // bootstrap.servers
	TLS            *tls.Config // nil without
	AnyName        bool        // TLS takes a trusted certificate of any name; the caller sees to it
	Mechanism      string      // of SASL: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty without
	User, Password string      // for Mechanism
	Ignored        []string    // the keys that make no difference here
}

// maxSize bounds each file, in bytes.
const maxSize = 1 << 20

// Read reads a file, and the files with certificates that it names.
func Read(file string) (*Config, error) {
	text, err := readFile(file)
	if err != nil {
		return nil, err
	}
	c, err := newConfig(text, readFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(text) > maxSize {
		err = fmt.Errorf("%s: it has more than %d bytes", name, maxSize)
	}
	return text, err
}

// A reader takes settings out of those of the file.
type reader struct {
	settings []setting
	taken    map[string]bool
	readFile func(name string) ([]byte, error)
}

// take returns the value of a key, without blanks at its ends; or def if it has none.
func (r *reader) take(key, def string) string {
	r.taken[key] = true
	for _, s := range r.settings {
		if value := strings.TrimSpace(s.value); s.key == key && value != "" {
			return value
		}
	}
	return def
}

// isEmpty reports whether a key is there, without a value.
func (r *reader) isEmpty(key string) bool {
	return slices.ContainsFunc(r.settings, func(s setting) bool { return s.key == key && strings.TrimSpace(s.value) == "" })
}

// errorf is an error about a key.
func (r *reader) errorf(key, format string, args ...any) error {
	err := fmt.Errorf(key+": "+format, args...)
	for _, s := range r.settings {
		if s.key == key {
			return fmt.Errorf("line %d: %w", s.line, err)
		}
	}
	return err
}

func newConfig(text []byte, readFile func(name string) ([]byte, error)) (*Config, error) {
	settings, err := parse(text)
	if err != nil {
		return nil, err
	}
	r := &reader{settings: settings, taken: make(map[string]bool), readFile: readFile}
	c := new(Config)
	for _, broker := range hostport.List(r.take("bootstrap.servers", "")) {
		if _, _, err := hostport.Parse(broker, kafkaio.DefaultPort); err != nil {
			return nil, r.errorf("bootstrap.servers", "%w", err)
		}
		c.Brokers = append(c.Brokers, broker)
	}
	var hasTLS, hasSASL bool
	switch protocol := strings.ToUpper(r.take("security.protocol", "PLAINTEXT")); protocol {
	case "PLAINTEXT":
	case "SSL":
		hasTLS = true
	case "SASL_PLAINTEXT":
		hasSASL = true
	case "SASL_SSL":
		hasTLS, hasSASL = true, true
	default:
		return nil, r.errorf("security.protocol", "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL was expected")
	}
	if hasTLS {
		if err := r.tls(c); err != nil {
			return nil, err
		}
	}
	if hasSASL {
		if err := r.sasl(c); err != nil {
			return nil, err
		}
	}
	if c.Ignored, err = r.rest(hasTLS, hasSASL); err != nil {
		return nil, err
	}
	return c, nil
}

func (r *reader) sasl(c *Config) (err error) {
	const key = "sasl.mechanism"
	switch c.Mechanism = r.take(key, "GSSAPI"); c.Mechanism { // Java's default
	case "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512":
	default:
		return r.errorf(key, "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 was expected; without it Java's clients take GSSAPI, which kafkaio doesn't have")
	}
	jaas := r.take("sasl.jaas.config", "")
	if jaas == "" {
		return r.errorf("sasl.jaas.config", "it is missing, and kafkaio reads no java.security.auth.login.config: add it with username and password")
	}
	c.User, c.Password, err = credentials(jaas, c.Mechanism)
	if err != nil {
		return r.errorf("sasl.jaas.config", "%w", err)
	}
	return nil
}

// looksLikeKey matches the names of settings, and little of other text.
var looksLikeKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9._-]*$`)

// harmless are beginnings of keys that begin like those about security, and only tune it, or that are of
// mechanisms other than those that kafkaio has.
var harmless = []string{"sasl.login.refresh.", "sasl.login.retry.", "sasl.login.connect.", "sasl.login.read.", "sasl.kerberos.", "sasl.oauthbearer."}

// unneeded are keys of stores that aren't PEM, or of Java alone.
var unneeded = []string{"ssl.keystore.password", "ssl.truststore.password", "ssl.key.password", "ssl.protocol"}

// rest returns the keys that make no difference, or an error about one that could.
func (r *reader) rest(hasTLS, hasSASL bool) (ignored []string, err error) {
	for _, s := range r.settings {
		if r.taken[s.key] {
			continue
		}
		of := func(prefix string) bool { return strings.HasPrefix(s.key, prefix) }
		switch {
		case strings.TrimSpace(s.value) == "", slices.Contains(unneeded, s.key), slices.ContainsFunc(harmless, of):
		case of("ssl.") && !hasTLS, of("sasl.") && !hasSASL:
		case of("ssl."), of("sasl."), of("security."):
			return nil, r.errorf(s.key, "kafkaio doesn't know this setting, which may be needed for security: remove it if the brokers don't need it")
		case !looksLikeKey.MatchString(s.key):
			return nil, fmt.Errorf("line %d: key=value was expected, such as security.protocol=SSL. Is this a file of Kafka's Java clients?", s.line)
		case of("config.providers"):
			return nil, r.errorf(s.key, "kafkaio takes values as they are in the file: put them in its place")
		}
		ignored = append(ignored, s.key)
	}
	return ignored, nil
}
