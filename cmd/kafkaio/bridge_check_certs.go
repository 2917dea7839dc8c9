package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// soon is how long before its end a certificate is warned of.
const soon = 14 * 24 * time.Hour

// certificate says for which names and how long a certificate is good. Each of hosts must be one of its names.
func (c *configCheck) certificate(what string, pair *tls.Certificate, hosts []string) {
	leaf := pair.Leaf
	c.ok("%s: for %s; from %s to %s", what, strings.Join(namesOf(leaf), ", "), leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	c.dates(what, leaf)
	for _, host := range hosts {
		if err := leaf.VerifyHostname(host); err != nil {
			c.bad("%s: the name %s of hosts is none of its SubjectAlternativeNames", what, host)
		}
	}
}

func (c *configCheck) dates(what string, leaf *x509.Certificate) {
	switch now := time.Now(); {
	case now.Before(leaf.NotBefore):
		c.bad("%s: it isn't valid before %s", what, leaf.NotBefore.Format(time.RFC3339))
	case now.After(leaf.NotAfter):
		c.bad("%s: it has expired on %s: issue a new one", what, leaf.NotAfter.Format(time.RFC3339))
	case now.Add(soon).After(leaf.NotAfter):
		c.warn("%s: it expires on %s: issue a new one soon", what, leaf.NotAfter.Format(time.RFC3339))
	}
}

// namesOf are the SubjectAlternativeNames, or the subject without any.
func namesOf(leaf *x509.Certificate) []string {
	names := slices.Clone(leaf.DNSNames)
	for _, ip := range leaf.IPAddresses {
		names = append(names, ip.String())
	}
	if len(names) == 0 {
		names = []string{leaf.Subject.String() + " (no SubjectAlternativeName)"}
	}
	return names
}

func (c *configCheck) authorities(what, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		c.bad("%s: %v", what, err)
		return
	}
	for _, authority := range certificatesOf(text) {
		c.dates(fmt.Sprintf("%s: %s", what, authority.Subject), authority)
	}
	c.ok("%s: %s", what, count(len(certificatesOf(text)), "certificate"))
}

func certificatesOf(text []byte) (list []*x509.Certificate) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			list = append(list, certificate)
		}
	}
	return list
}
