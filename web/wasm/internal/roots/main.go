// Command roots writes the public authorities that browsers trust, in PEM:
//
//	go run ./internal/roots web/dist/kafkaio/roots.pem
//
// A page can't use its browser's. They are Mozilla's, as the Go project publishes them. Those that aren't trusted
// without conditions are left out.
package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"os"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: roots FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], roots(), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "roots:", err)
		os.Exit(1)
	}
}

func roots() []byte {
	var b bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate})
		}
	}
	return b.Bytes()
}
