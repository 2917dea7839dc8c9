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

// suggestionsFor are the commands that may have been meant by a name.
func suggestionsFor(c *cobra.Command, name string) []string {
	c.SuggestionsMinimumDistance = nearest.Letters
	return c.SuggestionsFor(name)
}

// unknownCommand says which command may have been meant.
func unknownCommand(c *cobra.Command, name string) error {
	suggestions := suggestionsFor(c, name)
	if len(suggestions) == 0 {
		return fmt.Errorf("unknown command %q", name)
	}
	return fmt.Errorf("unknown command %q, did you mean %s?", name, strings.Join(suggestions, " or "))
}

// noArguments is the cobra.NoArgs of commands that have no others below them.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%q is an argument too many: %s takes none", args[0], c.CommandPath())
	}
	return nil
}

// newHelp is cobra's, but that it refuses commands which don't exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(c.Root(), strings.Join(args, " "))
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// brokerNames are what other programs call the flag with the brokers' addresses.
var brokerNames = []string{"broker", "brokers", "broker-list", "bootstrap-server", "bootstrap-servers", "bootstrap"}

// flagError says which flag may have been meant where there is none of that name.
func flagError(c *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok && invalid.GetFlag().Value.Type() == "bool" {
		return fmt.Errorf("--%s=%s: true or false was expected", invalid.GetFlag().Name, invalid.GetValue())
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
	isBroker := slices.Contains(brokerNames, name)
	switch {
	case isBroker && (c.Name() == "ping" || c.Name() == "explore"):
		return fmt.Errorf("%s: %s takes the address of a broker as an argument, as in %s localhost:9092", said, c.Name(), c.CommandPath())
	case isBroker && c.Name() == "demo":
		return fmt.Errorf("%s: the demo has a cluster of its own; for yours: kafkaio explore localhost:9092", said)
	}
	if meant := nearestFlag(c, name); meant != "" {
		return fmt.Errorf("%s, did you mean --%s?", said, meant)
	}
	var others []string
	for _, other := range slices.Concat(c.Root().Commands(), c.Commands()) {
		if f := other.Flags().Lookup(name); f != nil && !f.Hidden {
			others = append(others, other.CommandPath())
		}
	}
	if len(others) > 0 {
		return fmt.Errorf("%s: it is one of %s", said, strings.Join(others, " and of "))
	}
	return errors.New(said)
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

// refuseEmptyFlags is for flags whose absence means something else: an empty variable of a script
// must not turn one into the other.
func refuseEmptyFlags(c *cobra.Command, _ []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && strings.TrimSpace(f.Value.String()) == "" {
			err = fmt.Errorf("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}
