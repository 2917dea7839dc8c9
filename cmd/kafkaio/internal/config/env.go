package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// EnvPrefix begins the names of all variables.
const EnvPrefix = "KAFKAIO_BRIDGE_"

// EnvName is the variable of a key: log.level is KAFKAIO_BRIDGE_LOG_LEVEL.
func EnvName(path string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// HasEnv reports whether a key has a variable: those of one value do that are in no list.
func (k Key) HasEnv() bool {
	switch k.Type {
	case "a text", "true or false", "a size", "a duration":
		return !strings.Contains(k.Path, "[]")
	}
	return false
}

// TokenEnv is a variable with EnvPrefix that belongs to no key: kafkaio ping shows the token in it to a bridge.
// A flag would be in the list of processes.
const TokenEnv = EnvPrefix + "TOKEN"

// ofService matches what Kubernetes sets for services whose names begin with kafkaio-bridge, after EnvPrefix.
var ofService = regexp.MustCompile(`^(\w+_)?(SERVICE_HOST=|SERVICE_PORT(_\w+)?=|PORT(_\d+_[A-Z]+)?=[a-z]+://|PORT_\d+_[A-Z]+_(PROTO|PORT|ADDR)=)`)

// ApplyEnv sets keys to the values of their variables, which win over the file. Each of environ is
// NAME=value, as in os.Environ. A variable with EnvPrefix that belongs to no key is an error.
func (s *Source) ApplyEnv(environ []string) error {
	keys := map[string]Key{}
	for _, key := range Keys() {
		keys[EnvName(strings.ReplaceAll(key.Path, "[]", ""))] = key
	}
	var problems []error
	for _, variable := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(variable, "=")
		rest, ours := strings.CutPrefix(variable, EnvPrefix)
		if !ours || name == TokenEnv || ofService.MatchString(rest) {
			continue
		}
		key, isKnown := keys[name]
		var err error
		switch {
		case !isKnown:
			err = unknownEnv(name, keys)
		case !key.HasEnv():
			err = fmt.Errorf("%s: %s has no variable: set it in the file, and unset this", name, key.Path)
		case value == "":
			err = fmt.Errorf("%s is empty: give it a value, or unset it", name)
		default:
			err = s.Set(key.Path, value, name)
		}
		if err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

// unknownEnv names the nearest variable of a key.
func unknownEnv(name string, keys map[string]Key) error {
	var names []string
	for known, key := range keys {
		if key.HasEnv() {
			names = append(names, strings.TrimPrefix(known, EnvPrefix))
		}
	}
	slices.Sort(names)
	if meant := nearest.Name(strings.TrimPrefix(name, EnvPrefix), names); meant != "" {
		return fmt.Errorf("unknown variable %s, did you mean %s%s?", name, EnvPrefix, meant)
	}
	return fmt.Errorf("unknown variable %s: unset it. After %s stands one of %s", name, EnvPrefix, strings.Join(names, ", "))
}
