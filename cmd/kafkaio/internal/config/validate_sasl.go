package config

// sasl checks how the bridge authenticates to a cluster, in a file with that auth.
func (c *checker) sasl(path string, s *SASL, auth *Auth) {
	switch s.Mechanism {
	case Plain, ScramSHA256, ScramSHA512:
		c.refuses(path, s.Mechanism, s, "token", "token_url", "client_id", "secret_file", "scope")
		c.password(path, s, auth)
	case OAuthBearer:
		c.refuses(path, s.Mechanism, s, "user", "password_file", "identities_file")
		c.bearer(path, s, auth)
	case "":
		c.problem(path, "mechanism (--sasl) is missing: %s, %s, %s or %s", Plain, ScramSHA256, ScramSHA512, OAuthBearer)
	default:
		c.oneOf(path+".mechanism", s.Mechanism, Plain, ScramSHA256, ScramSHA512, OAuthBearer)
	}
}

// password checks the keys of mechanisms with passwords: of one principal, or of one for each identity.
func (c *checker) password(path string, s *SASL, auth *Auth) {
	if s.IdentitiesFile == "" {
		c.wants(path, s.Mechanism, s, "user", "password_file")
		return
	}
	c.refuses(path, "identities_file", s, "user", "password_file")
	if !auth.Any() {
		c.problem(path+".identities_file", "without auth clients have no identity that the file could have: set auth")
	}
}

// bearer checks the keys of oauthbearer: with a token of the bridge, or with the users' own.
func (c *checker) bearer(path string, s *SASL, auth *Auth) {
	switch s.Token {
	case "":
		c.wants(path, s.Mechanism, s, "token_url", "client_id", "secret_file")
		if s.TokenURL != "" {
			c.url(path+".token_url", s.TokenURL)
		}
	case FromClient:
		c.refuses(path, "token: "+FromClient, s, "token_url", "client_id", "secret_file", "scope")
		if auth.JWT == nil {
			c.problem(path+".token", "clients have no token to pass on without auth.jwt: set that")
		}
	default: // which may be a token
		c.problem(path+".token", "%s was expected, with which the bridge shows brokers the user's own token; for a token of the bridge set token_url, client_id and secret_file", FromClient)
	}
}

// value returns the value of a key.
func (s *SASL) value(key string) string {
	return map[string]string{
		"user": s.User, "password_file": s.PasswordFile, "identities_file": s.IdentitiesFile, "token": s.Token,
		"token_url": s.TokenURL, "client_id": s.ClientID, "secret_file": s.SecretFile, "scope": s.Scope,
	}[key]
}

func (c *checker) wants(path, what string, s *SASL, keys ...string) {
	for _, key := range keys {
		if s.value(key) == "" {
			c.problem(path, "%s needs %s", what, key)
		}
	}
}

func (c *checker) refuses(path, what string, s *SASL, keys ...string) {
	for _, key := range keys {
		if s.value(key) != "" {
			c.problem(path+"."+key, "%s takes none: leave it out", what)
		}
	}
}
