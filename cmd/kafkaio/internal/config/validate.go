package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/nearest"
)

// A checker collects what is wrong with the values of a file.
type checker struct {
	source   *Source
	problems []error
}

// problem is about the value at a path, such as clusters[0].tls.
func (c *checker) problem(path, format string, args ...any) {
	c.problems = append(c.problems, c.source.problem(path, format, args...))
}

// Validate fills in defaults, and returns all that makes no sense, each with what to do. It opens no file
// that the configuration names.
func (s *Source) Validate() error {
	s.File.setDefaults()
	c, f := &checker{source: s}, &s.File
	c.listen(f)
	c.auth(&f.Auth, len(f.TrustedProxies) > 0)
	if f.TLS != nil && (f.TLS.Cert == "" || f.TLS.Key == "") {
		c.problem("tls", "cert and key go together: name the PEM files of the bridge's certificate and of its key")
	}
	c.access(f)
	for i, proxy := range f.TrustedProxies {
		if _, err := ParseProxy(proxy); err != nil {
			c.problem(fmt.Sprintf("trusted_proxies[%d]", i), "%v", err)
		}
	}
	if f.MaxMemory < minMemory {
		c.problem("max_memory", "%v is too little: at least %v are needed", f.MaxMemory, Size(minMemory))
	}
	if time.Duration(f.MaxSessionAge) < minAge {
		c.problem("max_session_age", "%v is too short: at least %v are needed", f.MaxSessionAge, Duration(minAge))
	}
	c.oneOf("log.level", f.Log.Level, "debug", "info", "warn", "error")
	c.oneOf("log.format", f.Log.Format, "text", "json")
	c.clusters(f)
	c.policies(f)
	return errors.Join(c.problems...)
}

func (c *checker) oneOf(path, value string, values ...string) {
	if slices.Contains(values, value) {
		return
	}
	said := fmt.Sprintf("%q: one of %s was expected", value, strings.Join(values, ", "))
	if meant := nearest.Name(value, values); meant != "" {
		said += ", did you mean " + meant + "?"
	}
	c.problem(path, "%s", said)
}

var clusterName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

func (c *checker) clusters(f *File) {
	if len(f.Clusters) == 0 {
		c.problem("clusters", "there is none: name one with its brokers, or give --broker")
	}
	names, defaults := map[string]bool{}, 0
	for i, cluster := range f.Clusters {
		path := fmt.Sprintf("clusters[%d]", i)
		switch {
		case cluster.Name == "":
			c.problem(path, "name is missing: the bridge serves the cluster at /kafka/NAME")
		case !clusterName.MatchString(cluster.Name) || len(cluster.Name) > maxNameLength:
			c.problem(path+".name", "%q: up to %d small letters, digits, dots, dashes and underscores were expected, since it is a part of /kafka/NAME", cluster.Name, maxNameLength)
		case names[cluster.Name]:
			c.problem(path+".name", "another cluster is called %s too: give each a name of its own", cluster.Name)
		}
		names[cluster.Name] = true
		if cluster.Default {
			if defaults++; defaults > 1 {
				c.problem(path+".default", "another cluster is the default already: /kafka is one cluster")
			}
		}
		c.cluster(path, &cluster, &f.Auth)
	}
}

func (c *checker) cluster(path string, cluster *Cluster, auth *Auth) {
	if len(cluster.Brokers) == 0 {
		c.problem(path, "brokers is missing: name one or more, such as brokers: [kafka-1:9092]")
	}
	for i, broker := range cluster.Brokers {
		if _, _, err := hostport.Parse(broker, defaultBroker); err != nil {
			c.problem(fmt.Sprintf("%s.brokers[%d]", path, i), "%v", err)
		}
	}
	for i, target := range cluster.Targets {
		if _, _, err := hostport.Parse(strings.ReplaceAll(target, "*", "x"), 0); err != nil || !strings.Contains(target, ":") {
			c.problem(fmt.Sprintf("%s.targets[%d]", path, i), "%q: host:port was expected, in which * stands for any text within one label, such as broker-*.prod:9093", target)
		}
	}
	for from, to := range cluster.ConnectTo {
		for _, addr := range []string{from, to} {
			if _, port, err := hostport.Parse(addr, 0); err != nil || port == 0 {
				c.problem(path+".connect_to."+from, `%q: host:port was expected, as in "kafka:29092": "127.0.0.1:9092": the address that the cluster advertises, and the one to connect to`, addr)
			}
		}
	}
	if t := cluster.TLS; t != nil && (t.Cert == "") != (t.Key == "") {
		c.problem(path+".tls", "cert and key go together")
	}
	if cluster.SASL == nil {
		return
	}
	c.sasl(path+".sasl", cluster.SASL, auth)
	if cluster.TLS == nil && !cluster.AllowPlaintext {
		c.problem(path+".sasl", "without TLS whoever listens reads the credentials: set tls or --tls (tls: {} trusts the system's authorities), or allow_plaintext: true")
	}
}
