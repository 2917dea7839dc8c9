package config

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/kafkaio/kafkaio/internal/clientid"
)

func (c *checker) auth(a *Auth, hasProxies bool) {
	hashes := map[string]bool{}
	for i, token := range a.Tokens {
		path := fmt.Sprintf("auth.tokens[%d]", i)
		if token.Identity == "" {
			c.problem(path, "identity is missing: the name of who has the token")
		}
		if err := clientid.CheckIdentity(token.Identity); err != nil {
			c.problem(path+".identity", "%v", err)
		}
		hash, err := hex.DecodeString(token.SHA256)
		switch {
		case token.SHA256 == "":
			c.problem(path, "sha256 is missing: kafkaio bridge token makes a token and prints it")
		case err != nil || len(hash) != 32:
			c.problem(path+".sha256", "64 hexadecimal digits were expected: the SHA-256 of the token, not the token itself. kafkaio bridge token makes a token and prints both")
		case hashes[string(hash)]:
			c.problem(path+".sha256", "another entry has the same token: make one for each")
		}
		hashes[string(hash)] = true
	}
	if j := a.JWT; j != nil {
		for _, field := range []struct{ key, value, says string }{
			{"issuer", j.Issuer, "the iss claim of the tokens"},
			{"audience", j.Audience, "the aud claim of the tokens, so that those for other services aren't accepted"},
			{"jwks", j.JWKS, "the URL or the file with the issuer's public keys"},
		} {
			if field.value == "" {
				c.problem("auth.jwt", "%s is missing: %s", field.key, field.says)
			}
		}
		if strings.Contains(j.JWKS, "://") {
			c.url("auth.jwt.jwks", j.JWKS)
		}
	}
	if h := a.Header; h != nil {
		if !hasProxies {
			c.problem("auth.header", "without trusted_proxies anybody could send it: name the addresses of the proxies that set it")
		}
		if h.Identity == "" {
			c.problem("auth.header", "identity is missing: the header with the user's name, such as X-Forwarded-User")
		}
		c.headerName("auth.header.identity", h.Identity)
		c.headerName("auth.header.groups", h.Groups)
		if h.Groups != "" && strings.EqualFold(h.Groups, h.Identity) {
			c.problem("auth.header.groups", "it is the header of the identity: name another")
		}
	}
}

var headerToken = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

func (c *checker) headerName(path, name string) {
	if name != "" && !headerToken.MatchString(name) {
		c.problem(path, "%q is no name of a header: letters, digits and dashes were expected", name)
	}
}

// url wants a URL that keeps what crosses it. The error doesn't show it, since it may hold a password.
func (c *checker) url(path, text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		c.problem(path, "a URL was expected, such as https://login.example/keys")
	case u.User != nil:
		c.problem(path, "a URL with a password in it ends up in logs: leave the password out")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		c.problem(path, "https:// was expected: over http:// whoever is in between decides who may connect")
	}
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
