package ping

import (
	"slices"
	"strings"
)

// A Flag is a flag of the command line. One that is on or off has no value.
type Flag struct{ Name, Value string }

// Flags that go together.
var (
	tlsFlags  = []string{"tls", "ca", "cert", "key", "server-name", "insecure"}
	saslFlags = []string{"sasl", "user", "password-file"}
)

// command returns the command to run next: the user's, with the address of a, without some flags and with
// others.
func (a *attempt) command(without []string, with ...Flag) string {
	return command(a.address(), a.options.Flags, without, with...)
}

func command(address string, flags []Flag, without []string, with ...Flag) string {
	words := []string{"kafkaio", "ping", quoted(address)}
	for _, f := range flags {
		if i := slices.IndexFunc(with, func(w Flag) bool { return w.Name == f.Name }); i >= 0 {
			f = with[i]
			with = slices.Delete(with, i, i+1)
		}
		if !slices.Contains(without, f.Name) {
			words = append(words, f.String())
		}
	}
	for _, f := range with {
		words = append(words, f.String())
	}
	return strings.Join(words, " ")
}

// String returns the flag as a shell takes it.
func (f Flag) String() string {
	if f.Value == "" {
		return "--" + f.Name
	}
	return "--" + f.Name + " " + quoted(f.Value)
}

// quoted returns the word as a shell takes it.
func quoted(word string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=+@%"
	if word != "" && strings.Trim(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
