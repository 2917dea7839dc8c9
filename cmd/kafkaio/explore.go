package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// exploreFlags are those of explore.
type exploreFlags struct {
	brokerFlags

	listen      string
	allowWrites bool
	brokers     []string // the arguments, for those who typed --broker before there were any
}

func (f *exploreFlags) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.BoolVar(&f.allowWrites, "allow-writes", false, "let the page change the cluster: produce records, create topics and so on")
	listenFlag(flags, &f.listen)
	f.brokerFlags.add(flags)
	f.addTimeout(flags)
	flags.StringArrayVar(&f.brokers, "broker", nil, "")
	flags.MarkHidden("broker")
}

func newExplore(page pageFunc) *cobra.Command {
	var flags exploreFlags
	c := &cobra.Command{
		Use:   "explore [host[:port]...]",
		Short: "Open the explorer for a cluster of your own",
		Long: `Starts a bridge and the explorer for the cluster of these brokers, and prints the link to open.
One broker that answers is enough: it names the others. But name every broker that runs on this
machine, as in localhost:9092,localhost:9093. If you leave one out, kafkaio prints the command
with all of them.

First kafkaio checks, as kafkaio ping does, whether this machine can use the cluster. If it can't,
kafkaio says why and ends.

The page can read all topics. It can change the cluster only with --allow-writes. This process
connects to the brokers, and keeps the certificates and passwords: the page gets none.`,
		Example: `  kafkaio explore localhost:9092
  kafkaio explore kafka.example:9093 --tls --ca ca.pem --sasl scram-sha-512 --user alice --password-file secret
  kafkaio explore --command-config client.properties --allow-writes
  kafkaio explore localhost:9092 --connect-to kafka:29092=localhost:9092`,
		RunE: func(c *cobra.Command, args []string) error {
			return runExplore(c, page, &flags, args)
		},
	}
	flags.add(c.Flags())
	return c
}

func runExplore(c *cobra.Command, page pageFunc, flags *exploreFlags, args []string) error {
	ctx := c.Context()
	if len(args) > 0 && isYAML(args[0]) {
		return fmt.Errorf("%q is a file: kafkaio explore takes addresses of brokers. For a bridge with this file: kafkaio bridge %s", args[0], args[0])
	}
	brokers, err := brokerList(slices.Concat(args, flags.brokers))
	if err != nil {
		return err
	}
	access, err := flags.access()
	if err != nil {
		return err
	}
	if len(brokers) == 0 {
		brokers = access.brokers
	}
	switch {
	case len(brokers) == 0 && flags.commandConfig != "":
		return fmt.Errorf("a broker is missing: %s has no bootstrap.servers, so give an address, such as kafkaio explore localhost:9092", flags.commandConfig)
	case len(brokers) == 0:
		return errors.New("a broker is missing: give the address of one of yours, such as kafkaio explore localhost:9092. To look around without a cluster: kafkaio demo")
	}
	config := access.bridgeConfig(brokers)
	if !flags.allowWrites {
		config.Policies = readOnly
	}
	s, err := newSite(page, flags.listen, c.Flags().Changed("listen"), config)
	if err != nil {
		return err
	}
	defer s.listener.Close()
	noteIgnored(c, flags.commandConfig, access.ignored)
	report, err := checkCluster(c, brokers, access)
	if err != nil {
		return err
	}
	if err := s.checkListed(ctx, brokers, given(c.Flags())); err != nil {
		return err
	}
	out := newPingPrinter(c.OutOrStdout())
	if report.Verdict == ping.BrokersUnreachable {
		out.end(report)
		out.line("")
	}
	out.line("Exploring the cluster at %s.", strings.Join(brokers, ", "))
	if access.sasl != nil && access.tls == nil {
		out.line("There is no TLS: whoever is on the way to the brokers can read and change all of it.")
	}
	out.line("")
	s.printLink(out.printer)
	out.line("")
	if flags.allowWrites {
		out.line("The page may change the cluster.")
	} else {
		out.line("The page can only read. To let it change the cluster: --allow-writes")
	}
	out.line("Ctrl-C stops it.")
	if err := out.failure(); err != nil {
		return err
	}
	return s.serve(ctx)
}

// readOnly are the policies without --allow-writes. Internal topics are the user's own to see, too.
var readOnly = []bridge.Policy{{
	Name:           "explore without --allow-writes",
	Identities:     []string{"*"}, // who has the token of the run
	Allow:          []string{"read-only"},
	Topics:         []string{"*", "_*"},
	ConsumerGroups: bridge.ConsumerGroups{See: []string{"*"}, Join: []string{"kafkaio-*"}},
}}

// checkCluster pings the brokers until it can use one and one that this names. It returns the report on it.
// If there is none, it prints the reports on all.
func checkCluster(c *cobra.Command, brokers []string, access *brokerAccess) (*ping.Report, error) {
	o := access.pingOptions()
	o.Command, o.Flags, o.SameServerName = "explore", given(c.Flags()), true
	var reports []*ping.Report
	for _, o.Addr = range brokers {
		report, err := ping.Run(c.Context(), o)
		switch {
		case c.Context().Err() != nil:
			return nil, failed("interrupted while asking %s", o.Addr)
		case err != nil:
			return nil, err
		case slices.ContainsFunc(report.Brokers, func(b ping.Broker) bool { return b.OK }):
			return report, nil
		}
		reports = append(reports, report)
	}
	out := newPingPrinter(c.ErrOrStderr())
	for i, report := range reports {
		if i > 0 {
			out.line("")
		}
		out.report(report)
		if connectTo := connectToFlags(report); len(connectTo) > 0 {
			out.problem(ping.Problem{
				Text:   "If you know where they are, say so.",
				Advice: "For each address that a broker advertises, give the one to connect to in its place:",
				Fix:    []string{ping.Command("explore", report.Target, slices.Concat(o.Flags, connectTo), nil)},
			})
		}
	}
	return nil, exitCode(exitError)
}

// connectToFlags are flags for the brokers of a report that can't be reached. A single broker is probably
// where the cluster answered.
func connectToFlags(r *ping.Report) (flags []ping.Flag) {
	for _, b := range r.Brokers {
		from, err := ping.Address(b.Advertised())
		if b.OK || err != nil || b.Problem == "advertised-connect-to" {
			continue
		}
		to := "HOST:PORT"
		if len(r.Brokers) == 1 {
			to = r.Target
		}
		if from != to {
			flags = append(flags, ping.Flag{Name: "connect-to", Value: from + "=" + to})
		}
	}
	return flags
}

// askTimeout bounds the question for the cluster's brokers, to all that are listed together.
const askTimeout = 3 * time.Second

// checkListed returns an error if the cluster has brokers on this machine that the bridge wouldn't dial:
// the page would show a part of the data as if it were all. The error ends with the command that lists all
// brokers. There is no error if the brokers don't answer the question.
func (s *site) checkListed(ctx context.Context, brokers []string, flags []ping.Flag) error {
	askCtx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	special, unlisted, err := s.bridge.SpecialBrokers(askCtx)
	switch {
	case ctx.Err() != nil:
		return failed("interrupted while asking for the cluster's brokers")
	case err != nil, len(unlisted) == 0:
		return nil
	}
	all := strings.Join(slices.Concat(brokers, unlisted), ",")
	return failed("the cluster has %d brokers on this machine; the bridge dials only those that are listed: %s",
		len(special), ping.Command("explore", all, flags, nil))
}

// brokerList splits and checks the addresses of brokers.
func brokerList(values []string) ([]string, error) {
	var brokers []string
	for _, v := range values {
		for _, broker := range hostport.List(v) {
			if _, _, err := hostport.Parse(broker, kafkaio.DefaultPort); err != nil {
				return nil, err
			}
			if !slices.Contains(brokers, broker) {
				brokers = append(brokers, broker)
			}
		}
	}
	return brokers, nil
}
