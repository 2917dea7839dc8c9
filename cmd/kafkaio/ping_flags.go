package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// pingFlags are those of ping.
type pingFlags struct {
	brokerFlags

	json              bool
	ipv4, ipv6        bool
	bridge, tokenFile string
}

func (f *pingFlags) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	f.addTimeout(flags)
	flags.BoolVarP(&f.ipv4, "ipv4", "4", false, "use IPv4 addresses only")
	flags.BoolVarP(&f.ipv6, "ipv6", "6", false, "use IPv6 addresses only")
	flags.BoolVar(&f.json, "json", false, "print the report as JSON")
	f.brokerFlags.add(flags)
	flags.StringVar(&f.bridge, "bridge", "", "go through the bridge at this ws:// or wss:// `URL`")
	flags.StringVar(&f.tokenFile, "token-file", "", "`file` with the bridge's token; without it "+config.TokenEnv+" has the token")
}

// options returns what the flags say. If addr is empty, --command-config has the address. ignored are the
// keys of that file that make no difference.
func (f *pingFlags) options(addr string) (o ping.Options, ignored []string, err error) {
	access, err := f.access()
	if err != nil {
		return o, nil, err
	}
	if addr == "" {
		if len(access.brokers) == 0 {
			return o, nil, fmt.Errorf("the address of one broker was expected, such as localhost:9092: %s has no bootstrap.servers", f.commandConfig)
		}
		addr = access.brokers[0]
	}
	o = access.pingOptions()
	o.Bridge, o.Flags = f.bridge, given(f.set)
	if o.Addr, err = ping.ParseAddr(addr, o.Flags); err != nil {
		return o, nil, err
	}
	switch {
	case f.ipv4 && f.ipv6:
		return o, nil, errors.New("-4 and -6 exclude each other")
	case f.ipv4:
		o.IPVersion = kafkaio.IPv4
	case f.ipv6:
		o.IPVersion = kafkaio.IPv6
	}
	if f.bridge != "" && len(access.connectTo) > 0 {
		return o, nil, errors.New("--connect-to and --bridge exclude each other: the bridge has to know where brokers are")
	}
	o.Token, err = f.token()
	return o, access.ignored, err
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
	token, err := secret("--token-file", f.tokenFile, config.TokenEnv)
	if err != nil || token == "" {
		return nil, err
	}
	return func(context.Context) (string, error) { return token, nil }, nil
}

// checkBridge returns an error if a URL isn't one of a bridge. The error shows no token.
func checkBridge(bridge string) error {
	const wherePut = "put the bridge's token into " + config.TokenEnv + ", or into a file that --token-file names"
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
