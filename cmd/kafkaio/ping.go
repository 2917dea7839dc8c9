package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

// exitBrokers is the exit code where the broker answers, but not all brokers can be used at the
// addresses that they advertise.
const exitBrokers exitCode = 3

func newPing() *cobra.Command {
	var flags pingFlags
	c := &cobra.Command{
		Use:   "ping [host[:port]]",
		Short: "Find out whether Kafka can be used from here, and if not, why",
		Long: `Takes the steps of every Kafka client, and says which of them fails and why:

  Resolve      the name has addresses
  Connect      one of them takes a TCP connection
  TLS          with --tls: the broker's certificate is for that name, and trusted
  ApiVersions  it is Kafka that answers; its version is guessed from what it can do
  SASL         with --sasl: the broker accepts the user and the password
  Metadata     it tells the brokers of its cluster, and the addresses that they advertise

Then it tries each of those addresses, without a password. A client asks its first
broker only for the addresses of all brokers, and uses those from then on. If it can't reach them,
it connects and still doesn't work.

With --json the report is an object: target, bridge, verdict (ok, unusable or
brokers-unreachable), summary, steps, kafka (the version), cluster, brokers, and problems, of
which each has a code, text, advice, fix (what to type or to set) and brokers (their ids).`,
		Example: `  kafkaio ping localhost:9092
  kafkaio ping kafka.example:9093 --tls --ca ca.pem --sasl scram-sha-512 --user alice --password-file secret
  kafkaio ping --command-config client.properties
  kafkaio ping kafka-1:9092 --bridge ws://127.0.0.1:8642/kafka --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 && flags.commandConfig != "" {
				return nil // the file may have it
			}
			if len(args) == 0 {
				return errors.New("the address of one broker was expected, such as localhost:9092")
			}
			_, err := ping.ParseAddr(strings.Join(args, " "), given(flags.set))
			return err
		},
		RunE: func(c *cobra.Command, args []string) error {
			options, ignored, err := flags.options(strings.Join(args, " "))
			if err != nil {
				return err
			}
			noteIgnored(c, flags.commandConfig, ignored)
			return runPing(c, options, flags.json)
		},
	}
	flags.add(c.Flags())
	c.SetUsageTemplate(c.UsageTemplate() + `
Exit codes:
  0  all is well
  1  the broker can't be used
  2  the command line makes no sense
  3  the broker answers, but not all brokers can be used at the addresses that they advertise
`)
	return c
}

func runPing(c *cobra.Command, o ping.Options, asJSON bool) error {
	out := newPingPrinter(c.OutOrStdout())
	if !asJSON {
		out.begin(o.Addr, o.Bridge)
		o.OnStep = out.step
	}
	report, err := ping.Run(c.Context(), o)
	switch {
	case c.Context().Err() != nil:
		return failed("interrupted")
	case err != nil:
		return err
	}
	if asJSON {
		if err := report.WriteJSON(c.OutOrStdout()); err != nil {
			return &failure{err}
		}
	} else {
		out.end(report)
	}
	switch report.Verdict {
	case ping.Unusable:
		return exitCode(exitError)
	case ping.BrokersUnreachable:
		return exitBrokers
	}
	return nil
}
