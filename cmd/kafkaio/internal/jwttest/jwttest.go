// Package jwttest issues signed tokens to tests.
package jwttest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/golang-jwt/jwt/v5"
)

// An Issuer signs tokens and publishes its keys, whose names are rsa and ec.
type Issuer struct {
	RSA *rsa.PrivateKey
	EC  *ecdsa.PrivateKey
}

// New returns an Issuer with keys of its own.
func New(t testing.TB) *Issuer {
	t.Helper()
	r, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Issuer{r, e}
}

// Keys returns the public keys as a JWK Set (RFC 7517).
func (i *Issuer) Keys(t testing.TB) []byte {
	t.Helper()
	b64 := base64.RawURLEncoding.EncodeToString
	point, err := i.EC.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{"keys": []any{
		map[string]string{"kty": "RSA", "kid": "rsa", "n": b64(i.RSA.N.Bytes()), "e": b64(big.NewInt(int64(i.RSA.E)).Bytes())},
		map[string]string{"kty": "EC", "kid": "ec", "crv": "P-256", "x": b64(point[1:33]), "y": b64(point[33:])},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// KeysFile writes the public keys to a file of the test, and returns its name.
func (i *Issuer) KeysFile(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(name, i.Keys(t), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Sign returns a token. kid names the key in it, unless it is empty.
func Sign(t testing.TB, method jwt.SigningMethod, key crypto.PrivateKey, kid string, claims jwt.MapClaims) string {
	t.Helper()
	token := jwt.NewWithClaims(method, claims)
	if kid != "" {
		token.Header["kid"] = kid
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
