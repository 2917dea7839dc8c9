package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/auth"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/certfile"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/credentials"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// checkTimeout bounds each step with a broker.
const checkTimeout = 10 * time.Second

// A configCheck tries what a configuration names, and prints what it finds.
type configCheck struct {
	out      printer
	problems int
	warnings int
	isPinged bool // commands with ping were printed
}

func (c *configCheck) ok(format string, args ...any) { c.out.line("ok       "+format, args...) }

func (c *configCheck) warn(format string, args ...any) {
	c.warnings++
	c.out.line("warning  "+format, args...)
}

func (c *configCheck) bad(format string, args ...any) {
	c.problems++
	c.out.line("problem  "+format, args...)
}

// checkBridgeConfig tries files, certificates and brokers of a valid configuration.
func checkBridgeConfig(ctx context.Context, out printer, f config.File) error {
	c := &configCheck{out: out}
	if f.TLS != nil {
		if certificate, err := certfile.Load(f.TLS.Cert, f.TLS.Key); err != nil {
			c.bad("tls: %v", err)
		} else {
			c.certificate("tls.cert "+f.TLS.Cert, certificate.Current(), f.Hosts)
		}
	}
	c.auth(ctx, f)
	for _, cluster := range f.Clusters {
		c.cluster(ctx, cluster)
	}
	if len(f.Policies) == 0 {
		c.warn("policies: there are none: whoever is let in may do all that the brokers allow")
	}
	out.line("")
	if c.isPinged {
		out.line("Try the commands with kafkaio ping until one works, then set the keys of its flags: --ca is tls.ca,")
		out.line("--sasl is sasl.mechanism, and so on.")
		out.line("")
	}
	out.line("%s, %s.", count(c.problems, "problem"), count(c.warnings, "warning"))
	if err := out.failure(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return failed("interrupted")
	}
	if c.problems > 0 {
		return exitCode(exitError)
	}
	return nil
}

func count(n int, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}

func (c *configCheck) auth(ctx context.Context, f config.File) {
	proxies, err := auth.ParseProxies(f.TrustedProxies)
	if err != nil {
		c.bad("trusted_proxies: %v", err)
		return
	}
	if !f.Auth.Any() {
		c.warn("auth: there is none: every program and every user of this machine can use the bridge")
		return
	}
	a, err := auth.New(ctx, f.Auth, proxies, slog.New(slog.DiscardHandler))
	if err != nil {
		c.bad("%v", err)
		return
	}
	a.Close()
	if n := len(f.Auth.Tokens); n > 0 {
		c.ok("auth.tokens: %s", count(n, "token"))
	}
	if f.Auth.JWT != nil {
		c.ok("auth.jwt: the keys of %s were read", f.Auth.JWT.Issuer)
	}
	if f.Auth.Header != nil {
		c.ok("auth.header: %s, from %s", f.Auth.Header.Identity, strings.Join(f.TrustedProxies, ", "))
	}
}

// cluster tries the files of a cluster, and each of its brokers with the bridge's credentials.
func (c *configCheck) cluster(ctx context.Context, cluster config.Cluster) {
	tlsConfig, certificate, err := credentials.TLS(cluster.TLS)
	if err != nil {
		c.bad("%s: %v", cluster.Name, err)
		return
	}
	if certificate != nil {
		c.certificate(cluster.Name+": tls.cert "+cluster.TLS.Cert, certificate.Current(), nil)
	}
	if t := cluster.TLS; t != nil && t.CA != "" {
		c.authorities(cluster.Name+": tls.ca "+t.CA, t.CA)
	}
	options := ping.Options{Timeout: checkTimeout, TLS: tlsConfig, Flags: pingFlagsOf(cluster)}
	if s := cluster.SASL; s != nil {
		for _, name := range []string{s.PasswordFile, s.SecretFile} {
			for _, warning := range config.SecretWarnings(name) {
				c.warn("%s: %s", cluster.Name, warning)
			}
		}
		options.User = s.User + s.ClientID
		if options.SASL, err = credentials.SASL(s)(ctx); err != nil {
			c.bad("%s: sasl: %v", cluster.Name, err)
			return
		}
	}
	for _, broker := range cluster.Brokers {
		c.broker(ctx, cluster, options, broker, broker)
	}
	for from, to := range cluster.ConnectTo {
		if !slices.Contains(cluster.Brokers, from) {
			c.broker(ctx, cluster, options, from, to)
		}
	}
}

// broker pings the broker with an address, where connect_to says that it is.
func (c *configCheck) broker(ctx context.Context, cluster config.Cluster, options ping.Options, addr, at string) {
	what := cluster.Name + ": " + addr
	if to, ok := cluster.ConnectTo[addr]; ok {
		at = to
	}
	if at != addr {
		what += " at " + at
		if host, _, err := hostport.Parse(addr, 0); err == nil && options.TLS != nil && options.TLS.ServerName == "" {
			options.TLS = options.TLS.Clone()
			options.TLS.ServerName = host
		}
	}
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
	case report.Verdict == ping.Unusable:
		for _, p := range report.Problems {
			c.bad("%s: %s %s", what, p.Text, p.Advice)
			for _, fix := range p.Fix {
				c.out.line("           %s", fix)
				c.isPinged = c.isPinged || strings.HasPrefix(fix, "kafkaio ping ")
			}
		}
	case len(unreached) > 0:
		for _, b := range unreached {
			c.bad("%s: it answers, but the broker %d advertises %s, which can't be used: %s. If it is elsewhere, say so in connect_to", what, b.ID, b.Advertised(), b.Outcome)
		}
	default:
		with := ""
		if cluster.SASL != nil {
			with = " and takes the credentials of the bridge"
		}
		c.ok("%s: it answers%s; %s in its cluster", what, with, count(report.Cluster.Brokers, "broker"))
	}
}

// pingFlagsOf are the flags with which kafkaio ping does the same. Its advice repeats them.
func pingFlagsOf(cluster config.Cluster) (flags []ping.Flag) {
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
		add("user", s.User)
		add("password-file", s.PasswordFile)
	}
	return flags
}
