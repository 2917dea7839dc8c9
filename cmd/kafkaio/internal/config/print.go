package config

import (
	"net/url"
	"slices"

	"github.com/goccy/go-yaml"
)

// Hidden stands for a secret.
const Hidden = "(hidden)"

// Print returns a file as YAML without its secrets: hashes of tokens, and the queries of URLs.
func Print(f File) ([]byte, error) {
	f.Auth.Tokens = slices.Clone(f.Auth.Tokens)
	for i := range f.Auth.Tokens {
		f.Auth.Tokens[i].SHA256 = Hidden
	}
	if f.Auth.JWT != nil {
		j := *f.Auth.JWT
		j.JWKS = withoutQuery(j.JWKS)
		f.Auth.JWT = &j
	}
	f.Clusters = slices.Clone(f.Clusters)
	for i, cluster := range f.Clusters {
		if cluster.SASL != nil {
			s := *cluster.SASL
			s.TokenURL = withoutQuery(s.TokenURL)
			f.Clusters[i].SASL = &s
		}
	}
	return yaml.MarshalWithOptions(f, yaml.IndentSequence(true))
}

func withoutQuery(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.RawQuery == "" {
		return text
	}
	u.RawQuery = "hidden"
	return u.String()
}
