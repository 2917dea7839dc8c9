package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/policy"
)

func newBridgeExplain() *cobra.Command {
	var who bridge.Identity
	c := &cobra.Command{
		Use:   "explain --as NAME FILE [API [NAME]]",
		Short: "Say what a user may do, and by which policy",
		Long: `Says for each cluster of the file what an identity may do, and which policy allows it. Without an API
it lists all that are allowed. With an API and a name it says whether that API may be used on the topic,
and on the consumer group and the transactional id of that name.`,
		Example: `  kafkaio bridge explain --as ci bridge.yaml
  kafkaio bridge explain --as alice --groups devs,ops bridge.yaml Fetch orders`,
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
			source, err := config.Read(args[0])
			if err != nil {
				return &fileError{err}
			}
			if err := source.ApplyEnv(os.LookupEnv); err != nil {
				return err
			}
			if err := validate(source); err != nil {
				return err
			}
			return explainRights(newPrinter(c.OutOrStdout()), source.File, who, args[1:])
		},
	}
	c.Flags().StringVar(&who.Name, "as", "", "the `identity` that is asked about")
	c.Flags().StringSliceVar(&who.Groups, "groups", nil, "the `groups` that it is in, separated by commas")
	return c
}

// explainRights prints what an identity may do on each cluster, and which policy says so.
func explainRights(out printer, f config.File, who bridge.Identity, about []string) error {
	if len(f.Policies) == 0 {
		out.line("The file has no policies: whoever is let in may do all that the brokers allow.")
		return out.failure()
	}
	set, err := policySet(f)
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
		e, err := set.Explain(cluster.Name, who.Name, who.Groups, api, name)
		if err != nil {
			return err
		}
		out.line("%s on %s:", who.Name, cluster.Name)
		if api == "" {
			explainPolicies(out, "  ", e.Policies)
		}
		for _, answer := range e.Answers {
			out.line("  %s: %s", answer.Subject, decisionText(answer.Decision))
			if answer.Reason != "" {
				out.line("    %s", answer.Reason)
			}
			if !answer.Allowed {
				explainPolicies(out, "    ", answer.Policies)
			}
		}
	}
	return out.failure()
}

// explainPolicies prints what policies allow, and why those that allow nothing don't.
func explainPolicies(out printer, indent string, lines []policy.PolicyLine) {
	if len(lines) == 0 {
		out.line("%sno policy is for this identity", indent)
	}
	for _, l := range lines {
		out.line("%s%s: %s", indent, l.Policy, l.Text)
	}
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
