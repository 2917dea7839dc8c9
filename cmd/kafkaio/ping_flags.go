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
	f.timeout = kafkaio.DefaultTimeout
	flags.Var((*durationValue)(&f.timeout), "timeout", "what each step may take")
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
	o = ping.Options{Timeout: f.timeout, Bridge: f.bridge, User: f.user, Flags: f.given()}
	if o.Addr, err = ping.ParseAddr(addr, o.Flags); err != nil {
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
			return nil, badFile("--ca: %w", err)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, badFile("--ca %s: it has no certificate in PEM", f.ca)
		}
	}
	if (f.cert == "") != (f.key == "") {
		return nil, errors.New("--cert and --key go together")
	}
	if f.cert != "" {
		pair, err := tls.LoadX509KeyPair(f.cert, f.key)
		if err != nil {
			return nil, badFile("--cert %s, --key %s: %w", f.cert, f.key, err)
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
	if err := checkBridge(f.bridge); err != nil {
		return nil, err
	}
	token, err := secret("--token-file", f.tokenFile, tokenEnv)
	if err != nil || token == "" {
		return nil, err
	}
	return func(context.Context) (string, error) { return token, nil }, nil
}

// checkBridge wants a URL to be a bridge's. What it says shows no token.
func checkBridge(bridge string) error {
	const wherePut = "put the bridge's token into " + tokenEnv + ", or into a file that --token-file names"
	u, err := url.Parse(bridge)
	switch {
	case err != nil || u.Host == "":
		return errors.New("--bridge: a bridge's URL is of the form ws://HOST:8642/kafka")
	case u.Scheme == "http" || u.Scheme == "https":
		path := u.Path
		if path == "" || path == "/" {
			path = "/kafka"
		}
		said := fmt.Sprintf("--bridge: that is the link of a page; its bridge is at %s://%s%s", strings.Replace(u.Scheme, "http", "ws", 1), u.Host, path)
		if u.Fragment != "" {
			said += ". The token is what follows #token= in the link: " + wherePut
		}
		return errors.New(said)
	case u.Scheme != "ws" && u.Scheme != "wss":
		return errors.New("--bridge: a bridge's URL is of the form ws://HOST:8642/kafka, or wss:// where it is behind TLS")
	case u.User != nil:
		return errors.New("--bridge: a password in the URL would show in the list of processes; " + wherePut)
	case u.Fragment != "":
		return errors.New("--bridge: a bridge's URL has no #, and a token in it would show in the list of processes; " + wherePut)
	}
	if _, _, err := hostport.Parse(u.Host, kafkaio.DefaultPort); err != nil {
		return fmt.Errorf("--bridge: %w", err)
	}
	return nil
}

// A durationValue is a flag whose error says what a duration looks like.
type durationValue time.Duration

func (d *durationValue) String() string { return time.Duration(*d).String() }
func (d *durationValue) Type() string   { return "duration" }

func (d *durationValue) Set(text string) error {
	v, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("a number with its unit was expected, such as 1.5s")
	}
	*d = durationValue(v)
	return nil
}

// secret is what a file has, without the end of its line; or where none is named, the environment.
func secret(flag, file, env string) (string, error) {
	if file == "" {
		return os.Getenv(env), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", badFile("%s: %w", flag, err)
	}
	line := strings.TrimRight(string(text), "\r\n")
	if line == "" {
		return "", badFile("%s %s: it is empty", flag, file)
	}
	return line, nil
}
