package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/clientid"
	"github.com/kafkaio/kafkaio/internal/policy"
)

func newBridgeExplain() *cobra.Command {
	var who bridge.Identity
	c := &cobra.Command{
		Use:   "explain --as NAME FILE [API [NAME]]",
		Short: "Say what a user may do, and by which policy",
		Long: `Says what an identity may do on each cluster of the file, and by which policy. Without an API it lists the
policies: what each allows the identity, or why it is for others. With an API it says whether the identity may
use it. With a name too, it says so for the topic, the consumer group and the transactional id of that name.
If the answer is no, it says what each policy lacks.

The APIs have Kafka's names: see docs/bridge-policies.md. Put a name of several words in quotes.`,
		Example: `  kafkaio bridge explain --as ci bridge.yaml
  kafkaio bridge explain --as alice --group devs --group ops bridge.yaml Fetch orders
  kafkaio bridge explain --as ci bridge.yaml "DescribeConfigs of brokers"`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return errors.New("a file was expected, as in kafkaio bridge explain --as ci bridge.yaml")
			case len(args) > 3:
				return fmt.Errorf("%q is an argument too many: a file, an API and a name were expected", args[3])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			if who.Name == "" {
				return errors.New("--as is missing: the identity that is asked about, as in --as ci")
			}
			if err := clientid.CheckIdentity(who.Name); err != nil {
				return fmt.Errorf("--as: the bridge lets nobody in under this name: %w", err)
			}
			source, err := readConfig(args[0], os.Environ())
			if err != nil {
				return err
			}
			if err := source.Validate(); err != nil {
				return &fileError{err}
			}
			return explainRights(newPrinter(c.OutOrStdout()), source.File, who, args[1:])
		},
	}
	c.Flags().StringVar(&who.Name, "as", "", "the `identity` that is asked about")
	c.Flags().StringArrayVar(&who.Groups, "group", nil, "a `group` that it is in; give the flag once for each")
	return c
}

// explainRights prints what an identity may do on each cluster, and which policy says so.
func explainRights(out printer, f config.File, who bridge.Identity, about []string) error {
	if len(f.Policies) == 0 {
		out.line("The file has no policies: whoever is let in may do all that the brokers allow.")
		for _, cluster := range f.Clusters {
			if cluster.SASL != nil {
				out.line("On %s, whose credentials the bridge has, nobody may authenticate or use delegation tokens.", cluster.Name)
			}
		}
		return out.failure()
	}
	set, err := f.PolicySet()
	if err != nil {
		return &fileError{err}
	}
	var api, name string
	if len(about) > 0 {
		api = about[0]
	}
	if len(about) > 1 {
		name = about[1]
	}
	for _, cluster := range f.Clusters {
		e, err := set.Explain(cluster.ForPolicies(), who.Name, who.Groups, api, name)
		if err != nil {
			return err
		}
		out.line("%s on %s:", who.Name, cluster.Name)
		if api == "" {
			for _, l := range e.Policies {
				out.line("  %s: %s%s", l.Policy, l.Text, observes(l))
			}
		}
		for _, answer := range e.Answers {
			out.line("  %s: %s", answer.Subject, decisionText(answer.Decision))
			if answer.Reason != "" {
				out.line("    %s", answer.Reason)
			}
			switch {
			case answer.Allowed:
			case len(answer.Policies) > 0:
				for _, l := range answer.Policies {
					out.line("    %s: %s", l.Policy, l.Text)
				}
			case answer.Reason == "":
				out.line("    no policy is for this identity")
			}
		}
	}
	return out.failure()
}

// observes says of a policy that is for the identity whether it denies anything.
func observes(l policy.PolicyLine) string {
	if l.Matches && l.Observe {
		return "; it observes: all else is let through and logged"
	}
	return ""
}

func decisionText(d policy.Decision) string {
	switch {
	case !d.Allowed:
		return "denied"
	case d.Observed:
		return fmt.Sprintf("let through and logged, since the policy %q observes", d.Policy)
	case d.Policy == "":
		return "allowed always"
	}
	return fmt.Sprintf("allowed by the policy %q", d.Policy)
}
