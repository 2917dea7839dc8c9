package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/internal/clientid"
)

// tokenPrefix lets programs that look for secrets in repositories find a token.
const tokenPrefix = "kafkaio_"

func newBridgeToken() *cobra.Command {
	var identity string
	var groups []string
	c := &cobra.Command{
		Use:   "token --identity NAME",
		Short: "Make a token, and the line of the file that lets it in",
		Long: `Makes a random token, and prints it and the line of the file that lets it in. The line has only the token's
hash: nobody can read the token there, and kafkaio can't print it again. Give it to its owner now.`,
		Example: `  kafkaio bridge token --identity ci
  kafkaio bridge token --identity alice --group devs --group ops`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && identity == "" {
				return fmt.Errorf("the name stands after a flag: %s --identity %s", c.CommandPath(), args[0])
			}
			return noArguments(c, args)
		},
		RunE: func(c *cobra.Command, _ []string) error {
			if identity == "" {
				return errors.New("--identity is missing: the name of who gets the token, as in --identity ci")
			}
			if err := clientid.CheckIdentity(identity); err != nil {
				return fmt.Errorf("--identity: %w", err)
			}
			token := tokenPrefix + rand.Text()
			hash := sha256.Sum256([]byte(token))
			line := "- {identity: " + strconv.Quote(identity)
			if len(groups) > 0 {
				quoted := make([]string, len(groups))
				for i, group := range groups {
					quoted[i] = strconv.Quote(group)
				}
				line += ", groups: [" + strings.Join(quoted, ", ") + "]"
			}
			line += ", sha256: " + strconv.Quote(hex.EncodeToString(hash[:])) + "}"
			out := newPrinter(c.OutOrStdout())
			out.line("The token, for %s. It is shown only here:", identity)
			out.line("")
			out.line("  %s", token)
			out.line("")
			out.line("In the file, under auth: tokens:")
			out.line("")
			out.line("    %s", line)
			return out.failure()
		},
	}
	c.Flags().StringVar(&identity, "identity", "", "the `name` of who gets it, for policies and logs")
	c.Flags().StringArrayVar(&groups, "group", nil, "a `group` that it is in; give the flag once for each")
	return c
}
