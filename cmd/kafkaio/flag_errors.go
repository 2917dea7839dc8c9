package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// brokerNames are what other programs call the flag with the brokers' addresses.
var brokerNames = []string{"broker", "brokers", "broker-list", "bootstrap-server", "bootstrap-servers", "bootstrap"}

// otherNames are what other programs, and other commands, call our flags.
var otherNames = map[string]string{
	"port": "listen", "address": "listen", "addr": "listen", "bind": "listen",
	"file": "config", "f": "config", "c": "config",
	"as": "identity", "identity": "as",
	"truststore": "ca", "cacert": "ca", "username": "user", "mechanism": "sasl",
}

// flagError says what is wrong with a flag: its value, or its name and which may have been meant.
func flagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		said := fmt.Sprintf("--%s=%s", invalid.GetFlag().Name, invalid.GetValue())
		if invalid.GetFlag().Value.Type() == "bool" {
			return fmt.Errorf("%s: true or false was expected", said)
		}
		return fmt.Errorf("%s: %w", said, invalid.Unwrap())
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		name, _ := pflag.UnquoteUsage(missing.GetFlag())
		return fmt.Errorf("--%s: its value is missing, as in --%s %s", missing.GetFlag().Name, missing.GetFlag().Name, strings.ToUpper(name))
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	name, dashes := unknown.GetSpecifiedName(), "--"
	if short, _, _ := strings.Cut(unknown.GetSpecifiedShortnames(), "="); short != "" {
		name, dashes = short, "-"
	}
	said := fmt.Sprintf("unknown flag: %s%s", dashes, name)
	if hint := flagHint(c, name); hint != "" {
		return fmt.Errorf("%s%s", said, hint)
	}
	return errors.New(said)
}

// flagHint says what may have been meant by the name of a flag that the command doesn't have.
func flagHint(c *cobra.Command, name string) string {
	if slices.Contains(brokerNames, name) {
		switch c.CommandPath() {
		case "kafkaio ping", "kafkaio explore":
			return fmt.Sprintf(": %s takes the address of a broker as an argument, as in %s localhost:9092", c.Name(), c.CommandPath())
		case "kafkaio demo":
			return ": the demo has a cluster of its own; for yours: kafkaio explore localhost:9092"
		case "kafkaio bridge":
			return ", did you mean --broker?"
		}
	}
	if other := otherNames[name]; other != "" && c.Flags().Lookup(other) != nil {
		return ", did you mean --" + other + "?"
	}
	for _, sub := range c.Commands() {
		if sub.Name() == name {
			return ": it is a command: " + sub.CommandPath()
		}
	}
	if meant := nearestFlag(c, name); meant != "" {
		return ", did you mean --" + meant + "?"
	}
	if with := commandsWith(c.Root(), name); len(with) > 0 {
		return ": it belongs to " + strings.Join(with, " and to ")
	}
	return ""
}

// commandsWith returns the commands from c on that have a flag.
func commandsWith(c *cobra.Command, name string) (paths []string) {
	if f := c.LocalFlags().Lookup(name); f != nil && !f.Hidden {
		paths = append(paths, c.CommandPath())
	}
	for _, sub := range c.Commands() {
		paths = append(paths, commandsWith(sub, name)...)
	}
	return paths
}

// nearestFlag is the one that is called almost like that, or that begins like that; or none.
func nearestFlag(c *cobra.Command, name string) string {
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return nearest.Name(name, names)
}
