package bridge

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kafkaio/kafkaio/internal/saslexchange"
)

// A Secret is a text that neither fmt nor a log nor JSON shows.
type Secret string

// hidden stands for a Secret.
const hidden = "(hidden)"

// Format implements [fmt.Formatter], for every verb.
func (s Secret) Format(f fmt.State, _ rune) {
	if s != "" {
		io.WriteString(f, hidden)
	}
}

// MarshalText implements [encoding.TextMarshaler], which log/slog and encoding/json use.
func (s Secret) MarshalText() ([]byte, error) { return fmt.Append(nil, s), nil }

// hideIn returns an error of an authentication without the secret, which a broker may have put into its words.
func (s Secret) hideIn(err error) error {
	refused, ok := errors.AsType[*saslexchange.Error](err)
	if !ok || s == "" {
		return err
	}
	return &saslexchange.Error{Err: errors.New(strings.ReplaceAll(refused.Error(), string(s), hidden))}
}
