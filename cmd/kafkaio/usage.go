package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio/internal/nearest"
)

// suggestionsFor returns commands with names like that one.
func suggestionsFor(c *cobra.Command, name string) []string {
	c.SuggestionsMinimumDistance = nearest.Letters
	return c.SuggestionsFor(name)
}

// unknownCommand says which command may have been meant.
func unknownCommand(c *cobra.Command, name string) error {
	said := fmt.Sprintf("unknown command %q", name)
	if suggestions := suggestionsFor(c, name); len(suggestions) > 0 {
		return fmt.Errorf("%s, did you mean %s?", said, strings.Join(suggestions, " or "))
	}
	switch {
	case c.HasParent():
	case isYAML(name):
		return fmt.Errorf("%s: for a bridge with this file: kafkaio bridge %s", said, name)
	case isServe(name):
		return fmt.Errorf("%s: kafkaio bridge serves clusters to others, kafkaio explore serves one to you", said)
	case isAddress(name):
		return fmt.Errorf("%s: for the cluster of this broker: kafkaio explore %s", said, name)
	}
	return errors.New(said)
}

func isYAML(name string) bool { return slices.Contains([]string{".yaml", ".yml"}, filepath.Ext(name)) }

// isServe reports whether a word is what other programs call serving.
func isServe(word string) bool {
	return slices.Contains([]string{"serve", "server", "start", "run"}, word)
}

// noArguments is for commands without arguments and without commands below them.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%q is an argument too many: %s takes none", args[0], c.CommandPath())
	}
	return nil
}

// newHelp is cobra's help command. Unlike that one it returns an error for an unknown command.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about any command",
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			switch {
			case err != nil:
				return unknownCommand(c.Root(), strings.Join(args, " "))
			case len(rest) > 0 && about.HasSubCommands():
				return unknownCommand(about, rest[0])
			case len(rest) > 0:
				return fmt.Errorf("%q is an argument too many: %s has no commands", rest[0], about.CommandPath())
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// refuseEmptyFlags returns an error for a flag with an empty value. It is mostly an unset variable of a
// script, and to go on as without the flag could mean something else.
func refuseEmptyFlags(c *cobra.Command, _ []string) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && f.Value.Type() == "string" && strings.TrimSpace(f.Value.String()) == "" {
			err = fmt.Errorf("--%s is empty: give it a value, or leave it out", f.Name)
		}
	})
	return err
}
