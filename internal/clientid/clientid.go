// Package clientid makes the client_id by which brokers tell users apart whose requests a bridge passes on.
package clientid

import (
	"errors"
	"math"
	"strings"
	"unicode/utf8"
)

// adminClient begins the client ids to which brokers give privileges: a client of exactly this id may write to
// internal topics.
const adminClient = "__admin_client"

// CheckIdentity returns why no client_id can begin with an identity, or nil. The error doesn't show it.
func CheckIdentity(identity string) error {
	switch {
	case strings.Contains(identity, "/"):
		return errors.New("the identity has a /, which separates it from the client_id in identity/client_id: choose one without")
	case strings.HasPrefix(identity, adminClient):
		return errors.New("the identity begins with " + adminClient + ", and brokers give privileges to such client ids: choose another")
	}
	return nil
}

// For returns the client_id that a broker gets: "identity/client_id", cut to what a header can hold. Without an
// identity it is the client's, unless that has a privilege, and without one of the client it is the identity.
func For(identity string, clientID []byte) []byte {
	if identity == "" && string(clientID) == adminClient {
		identity = "nobody"
	}
	if identity == "" {
		return clientID
	}
	id := append(make([]byte, 0, len(identity)+1+len(clientID)), identity...)
	if len(clientID) > 0 {
		id = append(append(id, '/'), clientID...)
	}
	if len(id) > math.MaxInt16 {
		id = id[:math.MaxInt16]
		for r, n := utf8.DecodeLastRune(id); r == utf8.RuneError && n == 1; r, n = utf8.DecodeLastRune(id) {
			id = id[:len(id)-1]
		}
	}
	return id
}
