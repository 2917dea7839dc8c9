package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

// tokens are the static ones.
type tokens []staticToken

type staticToken struct {
	hash [sha256.Size]byte
	who  bridge.Identity
}

func newTokens(list []config.Token) (tokens, error) {
	made := make(tokens, len(list))
	for i, entry := range list {
		hash, err := hex.DecodeString(entry.SHA256)
		if err != nil || len(hash) != sha256.Size {
			return nil, fmt.Errorf("auth.tokens[%d].sha256: it is no SHA-256", i)
		}
		made[i] = staticToken{[sha256.Size]byte(hash), bridge.Identity{Name: entry.Identity, Groups: entry.Groups}}
		if err := checkNames(made[i].who); err != nil {
			return nil, fmt.Errorf("auth.tokens[%d]: %w", i, err)
		}
	}
	return made, nil
}

// find compares with every entry, so that its time tells neither which matched nor how much of it.
func (t tokens) find(token string) (who bridge.Identity, ok bool) {
	hash := sha256.Sum256([]byte(token))
	found := -1
	for i := range t {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(hash[:], t[i].hash[:]), i, found)
	}
	if found < 0 {
		return bridge.Identity{}, false
	}
	return t[found].who, true
}
