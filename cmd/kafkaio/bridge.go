package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
)

func newBridge(page pageFunc) *cobra.Command {
	var flags bridgeFlags
	var isCheck, isPrint bool
	c := &cobra.Command{
		Use:   "bridge [FILE]",
		Short: "Let others use your clusters from a browser, as far as you allow",
		Long: `Serves Kafka clusters through WebSockets at /kafka/NAME, to pages and programs of other people. A file in
YAML names the clusters, who may connect, and who may do what. The bridge connects to the brokers with
credentials of its own, which its clients never see.

A setting comes from a flag; without one from a variable, such as ` + config.EnvName("listen") + `; without
that from the file. kafkaio bridge init prints a file with every key, and docs/bridge.md describes them.

The bridge reads the file again when it changes, and on SIGHUP. It takes over new policies and tokens while
it serves, and logs which other changes need a restart.`,
		Example: `  kafkaio bridge init > bridge.yaml           a file to begin with
  kafkaio bridge token --identity ci          a token for a client
  kafkaio bridge --check bridge.yaml          try files, certificates and brokers
  kafkaio bridge explain --as ci bridge.yaml  what ci may do
  kafkaio bridge bridge.yaml                  serve
  kafkaio bridge --broker localhost:9092      one cluster for this machine alone, without a file`,
		Args: flags.takeFile,
		RunE: func(c *cobra.Command, _ []string) error {
			source, err := flags.load(os.Environ())
			if err != nil {
				return err
			}
			switch {
			case isPrint && isCheck:
				return errors.New("--check and --print-config exclude each other")
			case isPrint:
				text, err := config.Print(source.File)
				if err != nil {
					return &failure{err}
				}
				_, err = c.OutOrStdout().Write(text)
				return err
			case isCheck:
				return checkBridgeConfig(c.Context(), newPrinter(c.OutOrStdout()), source.File)
			}
			return serveBridge(c, page, &flags, source)
		},
	}
	c.Flags().BoolVar(&isCheck, "check", false, "try files, certificates and brokers, say what is wrong, and exit")
	c.Flags().BoolVar(&isPrint, "print-config", false, "print the settings that result from file, variables and flags, without secrets, and exit")
	flags.add(c.Flags())
	c.SetUsageTemplate(c.UsageTemplate() + `
Exit codes:
  0  it was interrupted, or --check found nothing wrong
  1  it could not serve, or --check found something wrong
  2  the command line or the file makes no sense
`)
	for _, sub := range []*cobra.Command{newBridgeInit(), newBridgeToken(), newBridgeExplain()} {
		sub.SetUsageTemplate(sub.UsageTemplate()) // without the exit codes
		c.AddCommand(sub)
	}
	return c
}
