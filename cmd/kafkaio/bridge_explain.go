package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/nearest"
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

func explainRights(out printer, f config.File, who bridge.Identity, about []string) error {
	key := int16(-1)
	if len(about) > 0 {
		var err error
		if key, err = apiKey(about[0]); err != nil {
			return err
		}
	}
	if len(f.Policies) == 0 {
		out.line("The file has no policies: whoever is let in may do all that the brokers allow.")
		return out.failure()
	}
	set, err := policy.New(policiesOf(f))
	if err != nil {
		return &fileError{err}
	}
	for _, cluster := range f.Clusters {
		rights := set.Rights(cluster.Name, who.Name, who.Groups)
		out.line("%s on %s:", who.Name, cluster.Name)
		switch {
		case key < 0:
			explainAll(out, rights, cluster.SASL != nil)
		case len(about) == 1:
			out.line("  %s: %s", policy.APIName(key), decisionText(allowedAPI(rights, key, cluster.SASL != nil)))
		default:
			api := allowedAPI(rights, key, cluster.SASL != nil)
			if !api.Allowed {
				out.line("  %s: %s", policy.APIName(key), decisionText(api))
				continue
			}
			out.line("  %s on the topic %s: %s", policy.APIName(key), about[1], decisionText(rights.Topic(key, about[1])))
			out.line("  %s on the consumer group %s: %s", policy.APIName(key), about[1], decisionText(rights.Group(key, about[1])))
			out.line("  %s on the transactional id %s: %s", policy.APIName(key), about[1], decisionText(rights.TransactionalID(key, about[1])))
		}
	}
	return out.failure()
}

// explainAll lists the APIs that are allowed, by policy.
func explainAll(out printer, rights *policy.Rights, isHeld bool) {
	var order []string
	names := map[string][]string{}
	for key := range int16(maxAPIKey) {
		decision := allowedAPI(rights, key, isHeld)
		if !decision.Allowed {
			continue
		}
		text := decisionText(decision)
		if names[text] == nil {
			order = append(order, text)
		}
		names[text] = append(names[text], policy.APIName(key))
	}
	if len(order) == 0 {
		out.line("  nothing: no policy is for this identity")
	}
	for _, text := range order {
		out.line("  %s: %s", text, strings.Join(names[text], ", "))
	}
}

// allowedAPI says whether an API may be used in its lowest version.
func allowedAPI(rights *policy.Rights, key int16, isHeld bool) policy.Decision {
	if _, ok := policy.MaxVersion(key, isHeld); !ok {
		return policy.Decision{}
	}
	return rights.API(key, 0)
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

// maxAPIKey is above all keys that have names.
const maxAPIKey = 256

// apiKey finds an API by its name, in any case.
func apiKey(name string) (int16, error) {
	var names []string
	for key := range int16(maxAPIKey) {
		known := policy.APIName(key)
		if strings.EqualFold(known, name) && name != "" {
			return key, nil
		}
		if known != "" {
			names = append(names, known)
		}
	}
	if meant := nearest.Name(name, names); meant != "" {
		return math.MinInt16, fmt.Errorf("%q is none of Kafka's APIs, did you mean %s?", name, meant)
	}
	return math.MinInt16, fmt.Errorf("%q is none of Kafka's APIs: names are those of its protocol, such as Fetch, Produce or CreateTopics", name)
}
