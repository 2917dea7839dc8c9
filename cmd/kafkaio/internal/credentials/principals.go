package credentials

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/oauth"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// These tell a client why a cluster has no principal for it.
const (
	noToken   = bridge.Refusal("this cluster's brokers want the user's own token: show the bridge a signed one (JWT) of its issuer; from a static token or a proxy's header there is none to pass on")
	noAccount = "the bridge has no credentials of %s for this cluster: its operator adds the identity to identities_file"
)

// ofClient passes the user's own token on.
func ofClient(_ context.Context, who bridge.Identity) (sasl.Mechanism, error) {
	if who.Token == "" {
		return nil, noToken
	}
	return oauth.Auth{Token: string(who.Token)}.AsMechanism(), nil
}

// ofIdentities authenticates each identity by its account.
func ofIdentities(s *config.SASL, log *slog.Logger) (SASLFunc, error) {
	file := &identities{name: s.IdentitiesFile, log: log}
	if _, err := file.read(); err != nil {
		return nil, fmt.Errorf("sasl.identities_file: %w", err)
	}
	return func(_ context.Context, who bridge.Identity) (sasl.Mechanism, error) {
		account, ok := file.current()[who.Name]
		if !ok {
			return nil, bridge.Refusal(fmt.Sprintf(noAccount, cmp.Or(who.Name, "a client without an identity")))
		}
		return WithPassword(s.Mechanism, account), nil
	}, nil
}

// identities are the accounts of a file whose content may change.
type identities struct {
	name string
	log  *slog.Logger

	mu       sync.Mutex
	last     []byte // hash of the content, or the error, that was read last
	accounts map[string]config.Account
}

// current returns the accounts. If the file has a mistake these are the last ones without, and the log says so
// once for each content.
func (f *identities) current() map[string]config.Account {
	f.mu.Lock()
	defer f.mu.Unlock()
	isNew, err := f.read()
	switch {
	case err != nil:
		f.log.Error("the new identities can't be used; the old ones stay", "file", f.name, "error", err)
	case isNew:
		f.log.Info("identities reloaded", "file", f.name, "identities", len(f.accounts))
	}
	return f.accounts
}

// read reads the file. It returns an error once for each content.
func (f *identities) read() (isNew bool, err error) {
	text, err := os.ReadFile(f.name)
	content := sha256.Sum256(text)
	last := content[:]
	if err != nil {
		last = []byte(err.Error())
	}
	if bytes.Equal(last, f.last) {
		return false, nil
	}
	f.last = last
	if err != nil {
		return false, err
	}
	accounts, err := config.ParseIdentities(f.name, text)
	if err != nil {
		return false, err
	}
	f.accounts = accounts
	return true, nil
}
