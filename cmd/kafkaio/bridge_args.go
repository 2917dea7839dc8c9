package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/internal/hostport"
	"github.com/kafkaio/kafkaio/internal/nearest"
)

// takeFile is for cobra.Command.Args.
func (f *bridgeFlags) takeFile(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if err := notAFile(c, args); err != nil {
		return err
	}
	switch {
	case len(args) > 1:
		return fmt.Errorf("%q is an argument too many: one file was expected, and flags begin with --", args[1])
	case f.file != "":
		return fmt.Errorf("%q is a second file: --config names %s already", args[0], f.file)
	}
	f.file = args[0]
	return nil
}

// notAFile says what may have been meant by a first argument that is no file.
func notAFile(c *cobra.Command, args []string) error {
	arg, rest := args[0], args[1:]
	if _, err := os.Stat(arg); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if len(rest) == 0 {
		rest = []string{"bridge.yaml"}
	}
	file := strings.Join(rest, " ")
	if flag := nearest.Name(arg, []string{"check", "print-config"}); flag != "" {
		return fmt.Errorf("%q is no file, and --%s is a flag: %s --%s %s", arg, flag, c.CommandPath(), flag, file)
	}
	switch {
	case strings.TrimSpace(arg) == "":
		return errors.New("the name of the file is empty")
	case isServe(arg):
		return fmt.Errorf("%q is no file: to serve, name the file alone: %s %s", arg, c.CommandPath(), file)
	case arg == "help":
		return fmt.Errorf("%q is no file: kafkaio help bridge says how the command is used", arg)
	case len(suggestionsFor(c, arg)) > 0:
		return unknownCommand(c, arg)
	case isAddress(arg):
		return fmt.Errorf("%q is no file. For a broker at that address: %s --broker %s", arg, c.CommandPath(), arg)
	}
	return nil
}

// isAddress reports whether an argument is host:port.
func isAddress(arg string) bool {
	_, port, err := hostport.Parse(arg, 0)
	return err == nil && port != 0
}
