package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/sasl"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/credentials"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// A checkedPrincipal is one as whom a broker is tried.
type checkedPrincipal struct {
	name      string // in what is printed
	user      string // of SASL
	mechanism sasl.Mechanism
}

// principals returns those of a cluster's sasl, at least one. It has no mechanism if only a user's own token
// would do.
func (c *configCheck) principals(ctx context.Context, cluster config.Cluster) ([]checkedPrincipal, error) {
	s := cluster.SASL
	if s == nil || s.Token == config.FromClient {
		return []checkedPrincipal{{}}, nil
	}
	for _, name := range []string{s.PasswordFile, s.IdentitiesFile, s.SecretFile} {
		for _, warning := range config.SecretWarnings(name) {
			c.warn("%s: %s", cluster.Name, warning)
		}
	}
	mechanism, err := credentials.SASL(s, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	list := []checkedPrincipal{{name: "the bridge", user: s.User + s.ClientID}}
	if s.IdentitiesFile != "" {
		accounts, err := config.ReadIdentities(s.IdentitiesFile)
		if err != nil {
			return nil, err
		}
		list = nil
		for _, identity := range slices.Sorted(maps.Keys(accounts)) {
			list = append(list, checkedPrincipal{name: identity, user: accounts[identity].User})
		}
	}
	for i, p := range list {
		if list[i].mechanism, err = mechanism(ctx, bridge.Identity{Name: p.name}); err != nil {
			return nil, fmt.Errorf("sasl: %w", err)
		}
	}
	return list, nil
}

// broker pings the broker with an address, where connect_to says that it is.
func (c *configCheck) broker(ctx context.Context, cluster config.Cluster, p checkedPrincipal, options ping.Options, addr, at string) {
	where := addr
	if to, ok := cluster.ConnectTo[addr]; ok {
		at = to
	}
	if at != addr {
		where += " at " + at
		if host, _, err := hostport.Parse(addr, 0); err == nil && options.TLS != nil && options.TLS.ServerName == "" {
			options.TLS = options.TLS.Clone()
			options.TLS.ServerName = host
		}
	}
	what := cluster.Name + ": " + where
	options.Addr = at
	report, err := ping.Run(ctx, options)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		c.bad("%s: %v", what, err)
		return
	}
	// cluster tries the addresses of connect_to by themselves.
	var unreached []ping.Broker
	for _, b := range report.Brokers {
		if _, ok := cluster.ConnectTo[b.Advertised()]; !b.OK && !ok {
			unreached = append(unreached, b)
		}
	}
	switch {
	case cluster.SASL != nil && p.mechanism == nil:
		c.wantsToken(what, report)
	case report.Verdict == ping.Unusable:
		if cluster.SASL != nil && cluster.SASL.IdentitiesFile != "" && report.Steps[len(report.Steps)-1].Name == ping.SASL {
			what = fmt.Sprintf("%s: as %s: %s", cluster.Name, p.name, where)
		}
		c.unusable(what, report)
	case len(unreached) > 0:
		for _, b := range unreached {
			c.bad("%s: it answers, but the broker %d advertises %s, which can't be used: %s. If it is elsewhere, say so in connect_to", what, b.ID, b.Advertised(), b.Outcome)
		}
	default:
		with := ""
		if cluster.SASL != nil {
			with = " and takes the credentials of " + p.name
		}
		c.ok("%s: it answers%s; %s in its cluster", what, with, count(report.Cluster.Brokers, "broker"))
	}
}

// pingFlagsOf are the flags with which kafkaio ping does the same. Its advice repeats them.
func pingFlagsOf(cluster config.Cluster, p checkedPrincipal) (flags []ping.Flag) {
	add := func(name, value string) {
		if value != "" {
			flags = append(flags, ping.Flag{Name: name, Value: value})
		}
	}
	if t := cluster.TLS; t != nil {
		flags = append(flags, ping.Flag{Name: "tls"})
		add("ca", t.CA)
		add("cert", t.Cert)
		add("key", t.Key)
		add("server-name", t.ServerName)
	}
	if s := cluster.SASL; s != nil && s.Mechanism != config.OAuthBearer {
		add("sasl", s.Mechanism)
		add("user", p.user)
		add("password-file", s.PasswordFile)
	}
	return flags
}

// unusable says why a broker can't be used. Texts that begin with the broker's address continue what.
func (c *configCheck) unusable(what string, report *ping.Report) {
	for _, p := range report.Problems {
		said := what + ": " + p.Text
		if rest, ok := strings.CutPrefix(p.Text, report.Target+" "); ok && strings.HasSuffix(what, report.Target) {
			said = what + " " + rest
		}
		if p.Code == ping.SASLRequired {
			c.bad("%s Set the cluster's sasl: mechanism (plain, scram-sha-256, scram-sha-512 or oauthbearer), and with it user and password_file, or the keys of oauthbearer", said)
			continue
		}
		c.bad("%s %s", said, p.Advice)
		for _, fix := range p.Fix {
			c.out.line("           %s", fix)
			c.isPinged = c.isPinged || strings.HasPrefix(fix, "kafkaio ping ")
		}
	}
}

// wantsToken says what a ping without credentials found at a broker that is to take users' own tokens.
func (c *configCheck) wantsToken(what string, report *ping.Report) {
	switch {
	case report.Verdict != ping.Unusable:
		c.bad("%s: it takes requests without SASL, and needs no token: use the port of a listener with SASL", what)
	case report.Problems[0].Code != ping.SASLRequired:
		c.unusable(what, report)
	case !strings.Contains(report.Problems[0].Text, "OAUTHBEARER"):
		c.bad("%s: %s Add OAUTHBEARER to sasl.enabled.mechanisms in server.properties", what, report.Problems[0].Text)
	default:
		c.ok("%s: it answers and offers OAUTHBEARER; whether it takes users' tokens can't be tried without one", what)
	}
}
