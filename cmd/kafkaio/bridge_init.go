package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

func newBridgeInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Print a file to begin with",
		Long: `Prints a configuration with comments. As it is, it serves one cluster at localhost:9092 to this machine.
Every other key stands in it as a comment.`,
		Example: "  kafkaio bridge init > bridge.yaml",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := io.WriteString(c.OutOrStdout(), config.Example)
			return err
		},
	}
}
