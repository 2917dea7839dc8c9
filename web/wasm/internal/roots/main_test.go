package main

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
)

func TestTheRootsAreThoseThatBrowsersTrust(t *testing.T) {
	names := make(map[string]bool)
	for block, rest := pem.Decode(roots()); block != nil; block, rest = pem.Decode(rest) {
		root, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		names[root.Subject.CommonName] = root.IsCA
	}
	if len(names) < 100 || !names["ISRG Root X1"] {
		t.Errorf("%d roots", len(names))
	}
}
