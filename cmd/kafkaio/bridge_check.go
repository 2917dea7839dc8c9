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

// cluster tries the files of a cluster, and its brokers with the credentials.
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
	principals, err := c.principals(ctx, cluster)
	if err != nil {
		c.bad("%s: %v", cluster.Name, err)
		return
	}
	options := ping.Options{Timeout: checkTimeout, TLS: tlsConfig}
	for i, p := range principals {
		options.SASL, options.User, options.Flags = p.mechanism, p.user, pingFlagsOf(cluster, p)
		if i > 0 { // whose password alone is in question
			c.broker(ctx, cluster, p, options, cluster.Brokers[0], cluster.Brokers[0])
			continue
		}
		for _, broker := range cluster.Brokers {
			c.broker(ctx, cluster, p, options, broker, broker)
		}
		for from, to := range cluster.ConnectTo {
			if !slices.Contains(cluster.Brokers, from) {
				c.broker(ctx, cluster, p, options, from, to)
			}
		}
		c.unlisted(ctx, cluster, tlsConfig, p)
	}
}
