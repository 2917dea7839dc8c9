package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// bridgeFlags are the few settings that are flags as well as keys.
type bridgeFlags struct {
	set  *pflag.FlagSet
	file string

	listen          string
	page            bool
	hosts           []string
	tlsCert, tlsKey string

	brokers                   []string
	tls                       bool
	ca, cert, key, serverName string
	sasl, user, passwordFile  string
}

func (f *bridgeFlags) add(flags *pflag.FlagSet) {
	f.set = flags
	flags.SortFlags = false
	flags.StringVar(&f.file, "config", "", "the `file`, which can also stand without a flag")
	flags.StringVar(&f.listen, "listen", config.DefaultListen, "`host:port` to serve at; other machines reach it only with TLS or a proxy, and with auth in the file")
	flags.StringArrayVar(&f.hosts, "host", nil, "`name` by which clients reach the bridge; give the flag once for each")
	flags.BoolVar(&f.page, "page", false, "serve the explorer's page at /")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "PEM `file` with the bridge's own certificate")
	flags.StringVar(&f.tlsKey, "tls-key", "", "PEM `file` with its key")
	flags.StringArrayVar(&f.brokers, "broker", nil, "`host:port` of a broker; several are separated by commas (port 9092 when missing). This flag and those below are for the one cluster")
	flags.BoolVar(&f.tls, "tls", false, "connect to the brokers with TLS; the four flags that follow imply it")
	flags.StringVar(&f.ca, "ca", "", "PEM `file` with the authorities to trust, instead of the system's")
	flags.StringVar(&f.cert, "cert", "", "PEM `file` with the bridge's certificate as a client of the brokers")
	flags.StringVar(&f.key, "key", "", "PEM `file` with its key")
	flags.StringVar(&f.serverName, "server-name", "", "the `name` that the brokers' certificates must have, if it isn't the host's")
	flags.StringVar(&f.sasl, "sasl", "", "authenticate to the brokers by `mechanism`: scram-sha-512, scram-sha-256 or plain")
	flags.StringVar(&f.user, "user", "", "the user's `name`, for --sasl")
	flags.StringVar(&f.passwordFile, "password-file", "", "`file` with the password, for --sasl")
}

// takeFile is for cobra.Command.Args.
func (f *bridgeFlags) takeFile(c *cobra.Command, args []string) error {
	switch {
	case len(args) > 0 && isMistyped(c, args[0]):
		return unknownCommand(c, args[0])
	case len(args) > 1:
		return fmt.Errorf("%q is an argument too many: one file was expected", args[1])
	case len(args) == 1 && f.file != "":
		return fmt.Errorf("%q: --config names a file already", args[0])
	case len(args) == 1:
		f.file = args[0]
	}
	return nil
}

// isMistyped reports whether an argument is no file, but almost the name of a command.
func isMistyped(c *cobra.Command, arg string) bool {
	_, err := os.Stat(arg)
	return errors.Is(err, fs.ErrNotExist) && len(suggestionsFor(c, arg)) > 0
}

// load reads the file, the variables and the flags. The result is valid.
func (f *bridgeFlags) load(lookup func(string) (string, bool)) (*config.Source, error) {
	if f.file == "" && len(f.brokers) == 0 {
		return nil, errors.New("a file was expected, as in kafkaio bridge bridge.yaml. kafkaio bridge init prints one to begin with; kafkaio bridge --broker localhost:9092 needs none")
	}
	source := &config.Source{}
	if f.file != "" {
		var err error
		if source, err = config.Read(f.file); err != nil {
			return nil, &fileError{err}
		}
	}
	if err := source.ApplyEnv(lookup); err != nil {
		return nil, err
	}
	if err := f.apply(&source.File); err != nil {
		return nil, err
	}
	return source, validate(source)
}

// flagCluster is the name of the cluster of a bridge without a file.
const flagCluster = "kafka"

// clusterFlags are of one cluster.
var clusterFlags = []string{"broker", "tls", "ca", "cert", "key", "server-name", "sasl", "user", "password-file"}

// apply has the flags that were given win over the file.
func (f *bridgeFlags) apply(to *config.File) error {
	given := f.set.Changed
	if given("listen") {
		to.Listen = f.listen
	}
	if given("page") {
		to.Page = f.page
	}
	if given("host") {
		to.Hosts = f.hosts
	}
	if given("tls-cert") || given("tls-key") {
		to.TLS = &config.ServerTLS{Cert: f.tlsCert, Key: f.tlsKey}
	}
	for _, name := range clusterFlags {
		if !given(name) {
			continue
		}
		if len(to.Clusters) == 0 {
			to.Clusters = []config.Cluster{{Name: flagCluster}}
		}
		if len(to.Clusters) > 1 {
			return fmt.Errorf("--%s is for one cluster, and %s has %d: change it there", name, f.file, len(to.Clusters))
		}
		f.applyCluster(name, &to.Clusters[0])
	}
	return nil
}

func (f *bridgeFlags) applyCluster(name string, to *config.Cluster) {
	switch name {
	case "broker":
		to.Brokers = nil
		for _, list := range f.brokers {
			to.Brokers = append(to.Brokers, hostport.List(list)...)
		}
		return
	case "sasl", "user", "password-file":
		if to.SASL == nil {
			to.SASL = &config.SASL{}
		}
	case "tls":
		if !f.tls {
			to.TLS = nil
			return
		}
		fallthrough
	default:
		if to.TLS == nil {
			to.TLS = &config.BrokerTLS{}
		}
	}
	switch name {
	case "ca":
		to.TLS.CA = f.ca
	case "cert":
		to.TLS.Cert = f.cert
	case "key":
		to.TLS.Key = f.key
	case "server-name":
		to.TLS.ServerName = f.serverName
	case "sasl":
		to.SASL.Mechanism = f.sasl
	case "user":
		to.SASL.User = f.user
	case "password-file":
		to.SASL.PasswordFile = f.passwordFile
	}
}
