package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// Secrets come from files or from the environment: flags are in the list of processes.
const (
	passwordEnv = "KAFKAIO_PASSWORD"
	tokenEnv    = "KAFKAIO_BRIDGE_TOKEN"
)

// pingFlags are those of ping.
type pingFlags struct {
	set *pflag.FlagSet

	timeout    time.Duration
	json       bool
	ipv4, ipv6 bool

	bridge, tokenFile string

	tls                       bool
	ca, cert, key, serverName string
	insecure                  bool
	sasl, user, passwordFile  string
}

func (f *pingFlags) add(flags *pflag.FlagSet) {
	f.set = flags
	flags.SortFlags = false
	flags.DurationVar(&f.timeout, "timeout", kafkaio.DefaultTimeout, "what each step may take")
	flags.BoolVarP(&f.ipv4, "ipv4", "4", false, "use IPv4 addresses only")
	flags.BoolVarP(&f.ipv6, "ipv6", "6", false, "use IPv6 addresses only")
	flags.BoolVar(&f.json, "json", false, "print the report as JSON")
	flags.BoolVar(&f.tls, "tls", false, "connect with TLS; the five flags that follow imply it")
	flags.StringVar(&f.ca, "ca", "", "PEM `file` with the authorities to trust, instead of the system's")
	flags.StringVar(&f.cert, "cert", "", "PEM `file` with the client's certificate")
	flags.StringVar(&f.key, "key", "", "PEM `file` with its key")
	flags.StringVar(&f.serverName, "server-name", "", "the `name` that the broker's certificate must have, if it isn't the host's")
	flags.BoolVar(&f.insecure, "insecure", false, "accept any certificate: whoever is in between can pose as the broker, and read everything")
	flags.StringVar(&f.sasl, "sasl", "", "authenticate by `mechanism`: scram-sha-512, scram-sha-256, or plain, which sends the password as it is and so wants --tls")
	flags.StringVar(&f.user, "user", "", "the user's `name`, for --sasl")
	flags.StringVar(&f.passwordFile, "password-file", "", "`file` with the password; otherwise "+passwordEnv+" has it")
	flags.StringVar(&f.bridge, "bridge", "", "go through the bridge at this ws:// or wss:// `URL`")
	flags.StringVar(&f.tokenFile, "token-file", "", "`file` with the bridge's token; otherwise "+tokenEnv+" has it")
}

// options are what the flags say, if that makes sense.
func (f *pingFlags) options(addr string) (o ping.Options, err error) {
	o = ping.Options{Addr: addr, Timeout: f.timeout, Bridge: f.bridge, User: f.user, Flags: f.given()}
	if _, _, err := hostport.Parse(addr, kafkaio.DefaultPort); err != nil {
		return o, err
	}
	if f.timeout <= 0 {
		return o, fmt.Errorf("--timeout %v: a positive duration was expected, such as 1.5s", f.timeout)
	}
	switch {
	case f.ipv4 && f.ipv6:
		return o, errors.New("-4 and -6 exclude each other")
	case f.ipv4:
		o.IPVersion = kafkaio.IPv4
	case f.ipv6:
		o.IPVersion = kafkaio.IPv6
	}
	if o.TLS, err = f.tlsConfig(); err != nil {
		return o, err
	}
	if o.SASL, err = f.mechanism(); err != nil {
		return o, err
	}
	o.Token, err = f.token()
	return o, err
}

// given are the flags that the user gave.
func (f *pingFlags) given() (flags []ping.Flag) {
	f.set.Visit(func(p *pflag.Flag) {
		flag := ping.Flag{Name: p.Name, Value: p.Value.String()}
		if p.Value.Type() == "bool" {
			flag.Value = ""
		}
		flags = append(flags, flag)
	})
	return flags
}

// tlsConfig is nil without TLS.
func (f *pingFlags) tlsConfig() (*tls.Config, error) {
	if !f.tls && f.ca == "" && f.cert == "" && f.key == "" && f.serverName == "" && !f.insecure {
		return nil, nil
	}
	c := &tls.Config{ServerName: f.serverName, InsecureSkipVerify: f.insecure}
	if f.ca != "" {
		pem, err := os.ReadFile(f.ca)
		if err != nil {
			return nil, fmt.Errorf("--ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--ca %s: it has no certificate in PEM", f.ca)
		}
	}
	if (f.cert == "") != (f.key == "") {
		return nil, errors.New("--cert and --key go together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, fmt.Errorf("--cert %s, --key %s: %w", f.cert, f.key, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// mechanism is nil without SASL.
func (f *pingFlags) mechanism() (sasl.Mechanism, error) {
	if f.sasl == "" {
		if f.user != "" || f.passwordFile != "" {
			return nil, errors.New("--user and --password-file go with --sasl")
		}
		return nil, nil
	}
	var of func(user, password string) sasl.Mechanism
	switch strings.ToLower(f.sasl) {
	case "plain":
		of = func(user, password string) sasl.Mechanism {
			return plain.Auth{User: user, Pass: password}.AsMechanism()
		}
	case "scram-sha-256":
		of = func(user, password string) sasl.Mechanism {
			return scram.Auth{User: user, Pass: password}.AsSha256Mechanism()
		}
	case "scram-sha-512":
		of = func(user, password string) sasl.Mechanism {
			return scram.Auth{User: user, Pass: password}.AsSha512Mechanism()
		}
	default:
		return nil, fmt.Errorf("--sasl %s: plain, scram-sha-256 or scram-sha-512 was expected", f.sasl)
	}
	if f.user == "" {
		return nil, errors.New("--sasl needs --user")
	}
	password, err := secret("--password-file", f.passwordFile, passwordEnv)
	if err != nil {
		return nil, err
	}
	if password == "" {
		return nil, fmt.Errorf("--sasl needs a password: set %s, or name a file with --password-file", passwordEnv)
	}
	return of(f.user, password), nil
}

// token is nil without one.
func (f *pingFlags) token() (func(context.Context) (string, error), error) {
	if f.bridge == "" {
		if f.tokenFile != "" {
			return nil, errors.New("--token-file goes with --bridge")
		}
		return nil, nil
	}
	u, err := url.Parse(f.bridge)
	switch {
	case err != nil || u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "":
		return nil, errors.New("--bridge: a ws:// or wss:// URL was expected, such as ws://127.0.0.1:8642/kafka")
	case u.User != nil:
		return nil, errors.New("--bridge: a password in the URL would show in the list of processes; put the bridge's token into a file, and name it with --token-file")
	}
	token, err := secret("--token-file", f.tokenFile, tokenEnv)
	if err != nil || token == "" {
		return nil, err
	}
	return func(context.Context) (string, error) { return token, nil }, nil
}

// secret is what a file has, without the end of its line; or where none is named, the environment.
func secret(flag, file, env string) (string, error) {
	if file == "" {
		return os.Getenv(env), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", flag, err)
	}
	line := strings.TrimRight(string(text), "\r\n")
	if line == "" {
		return "", fmt.Errorf("%s %s: it is empty", flag, file)
	}
	return line, nil
}
