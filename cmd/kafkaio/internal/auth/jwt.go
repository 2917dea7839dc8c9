package auth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// asymmetric are the algorithms that are accepted. With a symmetric one, whoever has the public key could
// sign; "none" signs nothing.
var asymmetric = []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}

// leeway is by how much the issuer's clock may differ.
const leeway = 30 * time.Second

// A verifier accepts signed tokens of one issuer.
type verifier struct {
	config config.JWT
	keys   keySource
	parser *jwt.Parser
}

func newVerifier(ctx context.Context, c config.JWT, log *slog.Logger) (*verifier, error) {
	keys, err := newKeys(ctx, c.JWKS, log)
	if err != nil {
		return nil, fmt.Errorf("auth.jwt.jwks: %w", err)
	}
	return &verifier{config: c, keys: keys, parser: jwt.NewParser(
		jwt.WithValidMethods(asymmetric),
		jwt.WithIssuer(c.Issuer),
		jwt.WithAudience(c.Audience),
		jwt.WithExpirationRequired(),
		jwt.WithLeeway(leeway),
		jwt.WithStrictDecoding(),
	)}, nil
}

// verify returns who a token is for, with the token. The identity ends when the token expires.
func (v *verifier) verify(ctx context.Context, token string) (who bridge.Identity, err error) {
	claims := jwt.MapClaims{}
	if _, err := v.parser.ParseWithClaims(token, claims, v.keys.KeyfuncCtx(ctx)); err != nil {
		return who, reason(err)
	}
	expires, err := claims.GetExpirationTime()
	if err != nil || expires == nil {
		return who, errors.New("it has no expiry")
	}
	who.Expires = expires.Time
	name, ok := claims[v.config.Identity].(string)
	if !ok {
		return bridge.Identity{}, fmt.Errorf("it has no claim %s with a text", v.config.Identity)
	}
	if verified, _ := claims["email_verified"].(bool); v.config.Identity == "email" && !verified {
		return bridge.Identity{}, errors.New("its issuer hasn't verified the email address")
	}
	who.Name = name
	switch groups := claims[v.config.Groups].(type) {
	case nil:
	case string:
		who.Groups = []string{groups}
	case []any:
		for _, group := range groups {
			text, ok := group.(string)
			if !ok {
				return bridge.Identity{}, fmt.Errorf("its claim %s has something else than texts", v.config.Groups)
			}
			who.Groups = append(who.Groups, text)
		}
	default:
		return bridge.Identity{}, fmt.Errorf("its claim %s is neither a text nor a list of texts", v.config.Groups)
	}
	if err := checkNames(who); err != nil {
		return bridge.Identity{}, err
	}
	who.Token = bridge.Secret(token)
	return who, nil
}

// reason is what a client may know, and an operator needs, of a token that isn't accepted.
func reason(err error) error {
	for _, known := range []struct {
		err  error
		says string
	}{
		{jwt.ErrTokenMalformed, "it is no signed token (JWT)"},
		{jwt.ErrTokenUnverifiable, "no key of the issuer is known by which to check it"},
		{jwt.ErrTokenSignatureInvalid, "its signature or its algorithm isn't accepted"},
		{jwt.ErrTokenExpired, "it has expired"},
		{jwt.ErrTokenNotValidYet, "it isn't valid yet"},
		{jwt.ErrTokenUsedBeforeIssued, "it was issued in the future"},
		{jwt.ErrTokenInvalidAudience, "it is for another audience"},
		{jwt.ErrTokenInvalidIssuer, "it is of another issuer"},
		{jwt.ErrTokenRequiredClaimMissing, "it lacks one of the claims exp, iss and aud"},
	} {
		if errors.Is(err, known.err) {
			return errors.New(known.says)
		}
	}
	return errors.New("it isn't accepted")
}
