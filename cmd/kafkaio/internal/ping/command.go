package ping

import (
	"slices"
	"strings"
)

// A Flag is one that a command was given. One that is on or off has no value.
type Flag struct{ Name, Value string }

// Flags that go together.
var (
	tlsFlags  = []string{"tls", "ca", "cert", "key", "server-name", "insecure"}
	saslFlags = []string{"sasl", "user", "password-file"}
)

// command is what to run next: what was run, for the address of v, without some of the flags and
// with others.
func (a *attempt) command(without []string, with ...Flag) string {
	return Command(a.options.command(), a.address(), a.options.Flags, without, with...)
}

// fixWithout is what to run without TLS or SASL; or what the file of --command-config has to say instead,
// which no flag takes back.
func (a *attempt) fixWithout(flags []string) []string {
	i := slices.IndexFunc(a.options.Flags, func(f Flag) bool { return f.Name == "command-config" })
	isInFile := i >= 0 && !slices.ContainsFunc(a.options.Flags, func(f Flag) bool { return f.Name == flags[0] })
	if !isInFile {
		return []string{a.command(flags)}
	}
	hasTLS, hasSASL := a.options.TLS != nil, a.options.SASL != nil
	if flags[0] == tlsFlags[0] {
		hasTLS = false
	} else {
		hasSASL = false
	}
	return []string{"security.protocol=" + securityProtocol(hasTLS, hasSASL) + " in " + quoted(a.options.Flags[i].Value)}
}

// securityProtocol is Kafka's name for a way to connect.
func securityProtocol(hasTLS, hasSASL bool) string {
	switch {
	case hasTLS && hasSASL:
		return "SASL_SSL"
	case hasTLS:
		return "SSL"
	case hasSASL:
		return "SASL_PLAINTEXT"
	}
	return "PLAINTEXT"
}

// Command is a command line of kafkaio: a command for an address, without some of the flags and with
// others.
func Command(name, address string, flags []Flag, without []string, with ...Flag) string {
	words := []string{"kafkaio", name, quoted(address)}
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
