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

// soon is how long before a certificate expires the check warns.
const soon = 14 * 24 * time.Hour

// certificate says for which names and how long a certificate is good. Each of hosts must be one of its names.
func (c *configCheck) certificate(what string, pair *tls.Certificate, hosts []string) {
	leaf := pair.Leaf
	if c.dates(what, leaf) {
		c.ok("%s: for %s; from %s to %s", what, strings.Join(namesOf(leaf), ", "), leaf.NotBefore.Format(time.DateOnly), leaf.NotAfter.Format(time.DateOnly))
	}
	for _, host := range hosts {
		if err := leaf.VerifyHostname(host); err != nil {
			c.bad("%s: it isn't for %s, which is one of hosts, but for %s: issue one with that SubjectAlternativeName, or take the name out of hosts", what, host, strings.Join(namesOf(leaf), ", "))
		}
	}
}

// dates reports whether a certificate is good now. It warns of one that won't be soon.
func (c *configCheck) dates(what string, leaf *x509.Certificate) bool {
	switch now := time.Now(); {
	case now.Before(leaf.NotBefore):
		c.bad("%s: it isn't valid before %s. Is the clock of this machine right?", what, leaf.NotBefore.Format(time.RFC3339))
		return false
	case now.After(leaf.NotAfter):
		c.bad("%s: it expired on %s: issue a new one", what, leaf.NotAfter.Format(time.RFC3339))
		return false
	case now.Add(soon).After(leaf.NotAfter):
		c.warn("%s: it expires on %s: issue a new one soon", what, leaf.NotAfter.Format(time.RFC3339))
	}
	return true
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
	good := 0
	for _, authority := range certificatesOf(text) {
		if c.dates(fmt.Sprintf("%s: %s", what, authority.Subject), authority) {
			good++
		}
	}
	if good > 0 {
		c.ok("%s: %s", what, count(good, "certificate"))
	}
}

func certificatesOf(text []byte) (list []*x509.Certificate) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if certificate, err := x509.ParseCertificate(block.Bytes); err == nil {
			list = append(list, certificate)
		}
	}
	return list
}
