// Package auth says who a client of "kafkaio bridge" is: by a static token, by a signed one, or by the headers
// of a proxy in front of the bridge. No error shows a token.
package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/clientid"
	"github.com/kafkaio/kafkaio/internal/printable"
)

const (
	// maxToken bounds a token, bytes. It is checked before anything reads the token.
	maxToken = 16 << 10
	// maxName and maxGroups bound what an issuer or a proxy says.
	maxName   = 256
	maxGroups = 1000
)

// Errors are for the client, which gets them as the reason.
var (
	errNone     = errors.New("a token is needed")
	errUnknown  = errors.New("the bridge knows no such token")
	errTooLong  = fmt.Errorf("it has more than %d bytes", maxToken)
	errDisagree = errors.New("the token and the proxy's header name different users")
)

// An Authenticator knows the sources of identities of one configuration.
type Authenticator struct {
	tokens  tokens
	jwt     *verifier // nil: none
	header  *config.Header
	proxies Proxies
	cancel  context.CancelFunc
}

// New returns what the configuration, which is valid, says. It fetches keys, and returns an error that says
// which could not be read. Close ends it.
func New(ctx context.Context, a config.Auth, proxies Proxies, log *slog.Logger) (*Authenticator, error) {
	ctx, cancel := context.WithCancel(ctx)
	made := &Authenticator{header: a.Header, proxies: proxies, cancel: cancel}
	var err error
	made.tokens, err = newTokens(a.Tokens)
	if err == nil && a.JWT != nil {
		made.jwt, err = newVerifier(ctx, *a.JWT, log)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return made, nil
}

// Close ends what runs in the background.
func (a *Authenticator) Close() { a.cancel() }

// Authorize says who a client is. It has the shape of bridge.Config.Authorize.
func (a *Authenticator) Authorize(ctx context.Context, r *http.Request, token string) (bridge.Identity, error) {
	named, isNamed, err := a.byHeader(r)
	if err != nil {
		return bridge.Identity{}, err
	}
	if token == "" {
		if !isNamed {
			return bridge.Identity{}, errNone
		}
		return named, nil
	}
	who, err := a.byToken(ctx, token)
	switch {
	case err != nil:
		return bridge.Identity{}, err
	case isNamed && named.Name != who.Name:
		return bridge.Identity{}, errDisagree
	case isNamed && (who.Expires.IsZero() || named.Expires.Before(who.Expires)):
		who.Expires = named.Expires
	}
	return who, nil
}

// byToken tries the static tokens first. All of them cost the same time, whichever matches.
func (a *Authenticator) byToken(ctx context.Context, token string) (bridge.Identity, error) {
	if len(token) > maxToken {
		return bridge.Identity{}, errTooLong
	}
	if who, ok := a.tokens.find(token); ok {
		return who, nil
	}
	if a.jwt != nil && strings.Count(token, ".") == 2 {
		return a.jwt.verify(ctx, token)
	}
	return bridge.Identity{}, errUnknown
}

// byHeader reads the headers of a trusted proxy.
func (a *Authenticator) byHeader(r *http.Request) (who bridge.Identity, ok bool, err error) {
	if a.header == nil {
		return who, false, nil
	}
	names := r.Header.Values(a.header.Identity)
	var groups []string
	if a.header.Groups != "" {
		groups = r.Header.Values(a.header.Groups)
	}
	switch {
	case len(names) == 0 && len(groups) == 0:
		return who, false, nil
	case !a.proxies.Trusts(peer(r)):
		return who, false, fmt.Errorf("the header %s comes from an address that is no trusted proxy", a.header.Identity)
	case len(names) != 1:
		return who, false, fmt.Errorf("the header %s stands in the request %d times, and once was expected", a.header.Identity, len(names))
	case len(groups) > 1:
		return who, false, fmt.Errorf("the header %s stands in the request %d times, and once was expected", a.header.Groups, len(groups))
	}
	who.Name = names[0]
	if len(groups) == 1 {
		for group := range strings.SplitSeq(groups[0], ",") {
			if group = strings.TrimSpace(group); group != "" {
				who.Groups = append(who.Groups, group)
			}
		}
	}
	who.Expires = time.Now().Add(headerLife)
	return who, true, checkNames(who)
}

// headerLife bounds an identity from a header: the proxy is asked again only by a new request.
const headerLife = time.Hour

// checkNames wants names that can stand in logs, in policies and in Kafka's client ids.
func checkNames(who bridge.Identity) error {
	if len(who.Groups) > maxGroups {
		return fmt.Errorf("the identity is in %d groups, and at most %d are taken", len(who.Groups), maxGroups)
	}
	for i, name := range append([]string{who.Name}, who.Groups...) {
		what := "the identity"
		if i > 0 {
			what = "a group of the identity"
		}
		switch {
		case name == "" || name != strings.TrimSpace(name):
			return errors.New(what + " is empty, or begins or ends with a space")
		case len(name) > maxName:
			return fmt.Errorf("%s has more than %d bytes", what, maxName)
		case !utf8.ValidString(name) || printable.Text(name) != name:
			return errors.New(what + " has characters that can't be shown")
		}
	}
	return clientid.CheckIdentity(who.Name)
}

// peerKey is of the address that a request really came from, in its context.
type peerKey struct{}

func peer(r *http.Request) netip.Addr {
	if addr, ok := r.Context().Value(peerKey{}).(netip.Addr); ok {
		return addr
	}
	return remote(r)
}

// remote is the zero Addr, which no one trusts, if RemoteAddr isn't one.
func remote(r *http.Request) netip.Addr {
	addr, _ := netip.ParseAddrPort(r.RemoteAddr)
	return addr.Addr().Unmap().WithZone("")
}
