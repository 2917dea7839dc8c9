package auth

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/jwttest"
	"github.com/kafkaio/kafkaio/internal/test/leak"
)

func TestMain(m *testing.M) { leak.Main(m) }

// claims are those of a good token.
func claims(changes ...any) jwt.MapClaims {
	c := jwt.MapClaims{"iss": "https://login.example", "aud": "kafkaio", "sub": "alice", "exp": time.Now().Add(time.Hour).Unix(), "groups": []string{"devs"}}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == nil {
			delete(c, changes[i].(string))
		} else {
			c[changes[i].(string)] = changes[i+1]
		}
	}
	return c
}

func hashOf(token string) string {
	hash := sha256.Sum256([]byte(token))
	return hex.EncodeToString(hash[:])
}

func newAuthenticator(t *testing.T, a config.Auth, proxies ...string) *Authenticator {
	t.Helper()
	trusted, err := ParseProxies(proxies)
	if err != nil {
		t.Fatal(err)
	}
	made, err := New(t.Context(), a, trusted, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(made.Close)
	return made
}

func jwtConfig(jwks string) config.Auth {
	return config.Auth{JWT: &config.JWT{Issuer: "https://login.example", Audience: "kafkaio", JWKS: jwks, Identity: "sub", Groups: "groups"}}
}

// from is a request from an address, with headers in pairs.
func from(remote string, headers ...string) *http.Request {
	r := httptest.NewRequest("GET", "/kafka", nil)
	r.RemoteAddr = remote
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestStaticTokens(t *testing.T) {
	a := newAuthenticator(t, config.Auth{Tokens: []config.Token{
		{Identity: "ci", Groups: []string{"devs"}, SHA256: hashOf("first")},
		{Identity: "ops", SHA256: strings.ToUpper(hashOf("second"))},
	}})
	for token, want := range map[string]string{"first": "ci", "second": "ops", "": "", "firs": "", "first ": "", hashOf("first"): "", "a.b.c": ""} {
		who, err := a.Authorize(t.Context(), from("192.0.2.1:1"), token)
		if who.Name != want || (err == nil) != (want != "") || who.Token != "" {
			t.Errorf("%q: %+v, %v", token, who, err)
		}
		if err != nil && token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("the token %q is shown: %v", token, err)
		}
	}
}

func TestSignedTokens(t *testing.T) {
	i := jwttest.New(t)
	a := newAuthenticator(t, jwtConfig(i.KeysFile(t)))
	for name, token := range map[string]string{
		"RS256":         jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims()),
		"PS512":         jwttest.Sign(t, jwt.SigningMethodPS512, i.RSA, "rsa", claims()),
		"ES256":         jwttest.Sign(t, jwt.SigningMethodES256, i.EC, "ec", claims()),
		"two audiences": jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims("aud", []string{"other", "kafkaio"})),
		"leeway":        jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims("exp", time.Now().Add(-leeway/2).Unix())),
		"one group":     jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims("groups", "devs")),
	} {
		who, err := a.Authorize(t.Context(), from("192.0.2.1:1"), token)
		if err != nil || who.Name != "alice" || len(who.Groups) != 1 || who.Groups[0] != "devs" || who.Expires.IsZero() || string(who.Token) != token {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

func TestAttacksOnSignedTokens(t *testing.T) {
	i, other := jwttest.New(t), jwttest.New(t)
	a := newAuthenticator(t, jwtConfig(i.KeysFile(t)))
	good := jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims())
	public, err := x509.MarshalPKIXPublicKey(i.RSA.Public())
	if err != nil {
		t.Fatal(err)
	}
	rs := func(changes ...any) string {
		return jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims(changes...))
	}
	parts := strings.Split(good, ".")
	for _, row := range []struct{ name, token, want string }{
		{"alg none", jwttest.Sign(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, "rsa", claims()), "algorithm isn't accepted"},
		{"signature left out", parts[0] + "." + parts[1] + ".", "isn't accepted"},
		{"HMAC with the public key", jwttest.Sign(t, jwt.SigningMethodHS256, public, "rsa", claims()), "algorithm isn't accepted"},
		{"HMAC with the modulus", jwttest.Sign(t, jwt.SigningMethodHS256, i.RSA.N.Bytes(), "rsa", claims()), "algorithm isn't accepted"},
		{"another's key", jwttest.Sign(t, jwt.SigningMethodRS256, other.RSA, "rsa", claims()), "signature"},
		{"another's key without a kid", jwttest.Sign(t, jwt.SigningMethodRS256, other.RSA, "", claims()), "isn't accepted"},
		{"unknown key", jwttest.Sign(t, jwt.SigningMethodRS256, other.RSA, "other", claims()), "no key of the issuer"},
		{"EC under the RSA key's name", jwttest.Sign(t, jwt.SigningMethodES256, i.EC, "rsa", claims()), "isn't accepted"},
		{"expired", rs("exp", time.Now().Add(-time.Hour).Unix()), "it has expired"},
		{"no expiry", rs("exp", nil), "lacks one of the claims"},
		{"expiry that is no number", rs("exp", "never"), ""},
		{"from the future", rs("nbf", time.Now().Add(time.Hour).Unix()), "isn't valid yet"},
		{"another audience", rs("aud", "other"), "another audience"},
		{"no audience", rs("aud", nil), "lacks one of the claims"},
		{"another issuer", rs("iss", "https://login.example.evil"), "another issuer"},
		{"no subject", rs("sub", nil), "no claim sub"},
		{"subject that is no text", rs("sub", 1), "no claim sub"},
		{"empty subject", rs("sub", ""), "is empty"},
		{"subject with a line end", rs("sub", "a\nb"), "can't be shown"},
		{"subject with a slash", rs("sub", "alice/app"), "has a /"},
		{"privileged subject", rs("sub", "__admin_client"), "begins with __admin_client"},
		{"long subject", rs("sub", strings.Repeat("a", 300)), "more than 256 bytes"},
		{"groups that are no texts", rs("groups", []int{1}), "something else than texts"},
		{"groups that are an object", rs("groups", map[string]int{"a": 1}), "neither a text nor"},
		{"many groups", rs("groups", strings.Split(strings.Repeat("a,", 2000), ",")), "groups"},
		{"oversized", rs("x", strings.Repeat("a", 17<<10)), "more than 16384 bytes"},
		{"changed claims", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"root"}`)) + "." + parts[2], "signature"},
		{"no token", "a.b.c", "no signed token"},
		{"dots", "..", "no signed token"},
	} {
		who, err := a.Authorize(t.Context(), from("192.0.2.1:1"), row.token)
		if err == nil {
			t.Errorf("%s: it is %+v", row.name, who)
			continue
		}
		if !strings.Contains(err.Error(), row.want) || who.Name != "" || len(row.token) > 5 && strings.Contains(err.Error(), row.token) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
}

func TestAnEmailAddressMustBeVerified(t *testing.T) {
	i := jwttest.New(t)
	c := jwtConfig(i.KeysFile(t))
	c.JWT.Identity = "email"
	a := newAuthenticator(t, c)
	for name, row := range map[string]struct {
		verified any
		ok       bool
	}{"verified": {true, true}, "not verified": {false, false}, "a text": {"true", false}, "missing": {nil, false}} {
		token := jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims("email", "alice@example.com", "email_verified", row.verified))
		who, err := a.Authorize(t.Context(), from("192.0.2.1:1"), token)
		if (err == nil) != row.ok || (who.Name == "alice@example.com") != row.ok {
			t.Errorf("%s: %+v, %v", name, who, err)
		}
	}
}

func TestUnknownKeysCauseFewFetchesAndNoWaiting(t *testing.T) {
	i, other := jwttest.New(t), jwttest.New(t)
	keys := i.Keys(t)
	var fetches atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetches.Add(1)
		w.Write(keys)
	}))
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	a := newAuthenticator(t, jwtConfig(server.URL))
	started := time.Now()
	for n := range 10_000 {
		token := jwt.NewWithClaims(jwt.SigningMethodES256, claims())
		token.Header["kid"] = fmt.Sprint(n)
		text, err := token.SignedString(other.EC)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Authorize(t.Context(), from("192.0.2.1:1"), text); err == nil {
			t.Fatal("a token with an unknown key is accepted")
		}
	}
	if n := fetches.Load(); n > 3 {
		t.Errorf("%d fetches of the keys", n)
	}
	if took := time.Since(started); took > time.Minute {
		t.Errorf("10,000 tokens took %v", took)
	}
	if _, err := a.Authorize(t.Context(), from("192.0.2.1:1"), jwttest.Sign(t, jwt.SigningMethodRS256, i.RSA, "rsa", claims())); err != nil {
		t.Errorf("afterwards a good token: %v", err)
	}
}

func TestKeysThatCannotBeReadAreSaid(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/large" {
			fmt.Fprintf(w, `{"keys": [{"x": "%s"}]}`, strings.Repeat("a", 2*maxKeys))
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	broken := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(broken, []byte("sesame"), 0o600); err != nil {
		t.Fatal(err)
	}
	for jwks, want := range map[string]string{
		server.URL + "/?sesame": "status", server.URL + "/large": "too large", broken: "no JWK Set", broken + "-missing": "no such file",
	} {
		_, err := New(t.Context(), jwtConfig(jwks), nil, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", jwks, err)
		}
	}
}

func headerConfig() config.Auth {
	return config.Auth{
		Header: &config.Header{Identity: "X-Forwarded-User", Groups: "X-Forwarded-Groups"},
		Tokens: []config.Token{{Identity: "alice", Groups: []string{"devs"}, SHA256: hashOf("hers")}, {Identity: "bob", SHA256: hashOf("his")}},
	}
}

func TestIdentitiesFromHeaders(t *testing.T) {
	a := newAuthenticator(t, headerConfig(), "10.0.0.7", "fd00::/8")
	const user, groups = "X-Forwarded-User", "X-Forwarded-Groups"
	const notTrusted = "no trusted proxy"
	for _, row := range []struct {
		name    string
		request *http.Request
		token   string
		who     string
		want    string
	}{
		{"trusted", from("10.0.0.7:1", user, "alice", groups, "devs, ops"), "", "alice", ""},
		{"trusted, IPv4-mapped", from("[::ffff:10.0.0.7]:1", user, "alice"), "", "alice", ""},
		{"trusted, IPv6", from("[fd00::1]:1", user, "alice"), "", "alice", ""},
		{"untrusted", from("10.0.0.8:1", user, "alice"), "", "", notTrusted},
		{"untrusted with a good token", from("10.0.0.8:1", user, "alice"), "hers", "", notTrusted},
		{"untrusted, groups only", from("10.0.0.8:1", groups, "admins"), "hers", "", notTrusted},
		{"untrusted that says it is trusted", from("10.0.0.8:1", user, "alice", "X-Forwarded-For", "10.0.0.7"), "", "", notTrusted},
		{"no address", from("@", user, "alice"), "", "", notTrusted},
		{"doubled", from("10.0.0.7:1", user, "alice", user, "root"), "", "", "2 times"},
		{"doubled, the same", from("10.0.0.7:1", user, "alice", user, "alice"), "", "", "2 times"},
		{"doubled groups", from("10.0.0.7:1", user, "alice", groups, "a", groups, "b"), "", "", "2 times"},
		{"groups without identity", from("10.0.0.7:1", groups, "a"), "", "", "0 times"},
		{"empty", from("10.0.0.7:1", user, ""), "", "", "is empty"},
		{"unprintable", from("10.0.0.7:1", user, "a\x1b[2J"), "", "", "can't be shown"},
		{"not UTF-8", from("10.0.0.7:1", user, "a\xff"), "", "", "can't be shown"},
		{"no header, no token", from("10.0.0.7:1"), "", "", "a token is needed"},
		{"token alone, from a proxy", from("10.0.0.7:1"), "hers", "alice", ""},
		{"both agree", from("10.0.0.7:1", user, "alice"), "hers", "alice", ""},
		{"both disagree", from("10.0.0.7:1", user, "alice"), "his", "", "different users"},
		{"good header, bad token", from("10.0.0.7:1", user, "alice"), "guess", "", "no such token"},
	} {
		who, err := a.Authorize(t.Context(), row.request, row.token)
		if who.Name != row.who && err == nil || (err == nil) != (row.who != "") {
			t.Errorf("%s: %+v, %v", row.name, who, err)
		}
		if err != nil && !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	who, err := a.Authorize(t.Context(), from("10.0.0.7:1", user, "alice", groups, "devs, ops"), "")
	if left := time.Until(who.Expires); err != nil || left > headerLife || left < headerLife/2 || strings.Join(who.Groups, ",") != "devs,ops" {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestWithoutAHeaderConfiguredNoneIsRead(t *testing.T) {
	a := newAuthenticator(t, config.Auth{Tokens: headerConfig().Tokens}, "10.0.0.7")
	if who, err := a.Authorize(t.Context(), from("10.0.0.7:1", "X-Forwarded-User", "alice"), ""); err == nil {
		t.Errorf("%+v", who)
	}
}

func TestTheProxyStaysKnownWhereTheClientIsShown(t *testing.T) {
	a := newAuthenticator(t, headerConfig(), "10.0.0.0/24")
	for _, row := range []struct {
		remote, forwarded, shown string
		isTrusted                bool
	}{
		{"10.0.0.7:5", "", "10.0.0.7:5", true},
		{"10.0.0.7:5", "192.0.2.1", "192.0.2.1:0", true},
		{"10.0.0.7:5", "10.0.0.9, 192.0.2.1", "192.0.2.1:0", true},               // the left may be invented
		{"10.0.0.7:5", "198.51.100.1, 192.0.2.1, 10.0.0.8", "192.0.2.1:0", true}, // two proxies
		{"10.0.0.7:5", "192.0.2.1, nonsense", "10.0.0.7:5", true},
		{"192.0.2.9:5", "10.0.0.7", "192.0.2.9:5", false},
	} {
		headers := []string{"X-Forwarded-User", "alice"}
		if row.forwarded != "" {
			headers = append(headers, "X-Forwarded-For", row.forwarded)
		}
		var shown string
		var who bridge.Identity
		a.proxies.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			shown = r.RemoteAddr
			who, _ = a.Authorize(r.Context(), r, "")
		})).ServeHTTP(httptest.NewRecorder(), from(row.remote, headers...))
		if shown != row.shown || (who.Name == "alice") != row.isTrusted {
			t.Errorf("%s, %q: shown as %s; %+v", row.remote, row.forwarded, shown, who)
		}
	}
}

func FuzzAuthorize(f *testing.F) {
	a, err := New(f.Context(), config.Auth{Tokens: headerConfig().Tokens, Header: headerConfig().Header}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(a.Close)
	f.Add("hers", "10.0.0.7", "alice", "1.2.3.4, 5.6.7.8")
	f.Add("a.b.c", "::1", "", ",")
	trusted := Proxies{}
	f.Fuzz(func(t *testing.T, token, remote, user, forwarded string) {
		r := from(remote, "X-Forwarded-User", user, "X-Forwarded-For", forwarded)
		trusted.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if who, err := a.Authorize(r.Context(), r, token); err == nil {
				t.Errorf("%q, %q: %+v", token, user, who) // the header comes from no trusted proxy
			}
		})).ServeHTTP(httptest.NewRecorder(), r)
	})
}
