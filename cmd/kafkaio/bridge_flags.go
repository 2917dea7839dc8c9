package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

// bridgeFlags are the few settings that are flags as well as keys.
type bridgeFlags struct {
	clusterFlags

	file    string
	hosts   []string
	brokers []string
}

// keyFlags are the flags that set one value, and the value's path.
var keyFlags = []struct{ flag, path string }{
	{"listen", "listen"},
	{"page", "page"},
	{"tls-cert", "tls.cert"},
	{"tls-key", "tls.key"},
	{"ca", "clusters[0].tls.ca"},
	{"cert", "clusters[0].tls.cert"},
	{"key", "clusters[0].tls.key"},
	{"server-name", "clusters[0].tls.server_name"},
	{"sasl", "clusters[0].sasl.mechanism"},
	{"user", "clusters[0].sasl.user"},
	{"password-file", "clusters[0].sasl.password_file"},
}

func (f *bridgeFlags) add(flags *pflag.FlagSet) {
	flags.SortFlags = false
	flags.StringVar(&f.file, "config", "", "the `file`, which can also stand without a flag")
	flags.String("listen", config.DefaultListen, "`host:port` to serve at; other machines reach it only with TLS or a proxy, and with auth in the file")
	flags.StringArrayVar(&f.hosts, "host", nil, "`name` by which clients reach the bridge; give the flag once for each")
	flags.Bool("page", false, "serve the explorer at /")
	flags.String("tls-cert", "", "PEM `file` with the bridge's own certificate")
	flags.String("tls-key", "", "PEM `file` with its key")
	flags.StringArrayVar(&f.brokers, "broker", nil, "`host:port` of a broker, or several with commas between them (port 9092 if missing). This flag and those below are for the only cluster of the file, or without a file")
	f.clusterFlags.add(flags)
}

// load reads the file, the variables and the flags. The result is valid.
func (f *bridgeFlags) load(environ []string) (*config.Source, error) {
	if f.file == "" && len(f.brokers) == 0 {
		return nil, errors.New("a file was expected, as in kafkaio bridge bridge.yaml. kafkaio bridge init prints one to begin with; kafkaio bridge --broker localhost:9092 needs none")
	}
	source, err := readConfig(f.file, environ)
	if err != nil {
		return nil, err
	}
	if err := f.apply(source); err != nil {
		return nil, err
	}
	if err := source.Validate(); err != nil {
		return nil, &fileError{err}
	}
	return source, nil
}

// readConfig reads a file, unless its name is empty, and the variables.
func readConfig(file string, environ []string) (*config.Source, error) {
	source := &config.Source{}
	if file != "" {
		var err error
		if source, err = config.Read(file); err != nil {
			return nil, &fileError{err}
		}
	}
	return source, source.ApplyEnv(environ)
}

// flagCluster is the name of the cluster of a bridge without a file.
const flagCluster = "kafka"

// apply sets what the user's flags say.
func (f *bridgeFlags) apply(source *config.Source) error {
	given, file := f.set.Changed, &source.File
	if given("host") {
		file.Hosts = f.hosts
		source.SetFrom("hosts", "--host")
	}
	if err := f.oneCluster(file); err != nil {
		return err
	}
	if given("broker") {
		file.Clusters[0].Brokers = nil
		for _, list := range f.brokers {
			file.Clusters[0].Brokers = append(file.Clusters[0].Brokers, hostport.List(list)...)
		}
		source.SetFrom("clusters[0].brokers", "--broker")
	}
	if given("tls") && !f.tls {
		file.Clusters[0].TLS = nil
	} else if given("tls") && file.Clusters[0].TLS == nil {
		file.Clusters[0].TLS = &config.BrokerTLS{}
		source.SetFrom("clusters[0].tls", "--tls")
	}
	for _, k := range keyFlags {
		if !given(k.flag) {
			continue
		}
		if err := source.Set(k.path, f.set.Lookup(k.flag).Value.String(), "--"+k.flag); err != nil {
			return err
		}
	}
	return nil
}

// oneCluster returns an error if a flag is about brokers and there are several clusters. It adds the cluster if
// there is none.
func (f *bridgeFlags) oneCluster(file *config.File) error {
	ofCluster := []string{"broker", "tls"}
	for _, k := range keyFlags {
		if strings.HasPrefix(k.path, "clusters") {
			ofCluster = append(ofCluster, k.flag)
		}
	}
	i := slices.IndexFunc(ofCluster, f.set.Changed)
	switch {
	case i < 0:
	case len(file.Clusters) == 0:
		file.Clusters = []config.Cluster{{Name: flagCluster}}
	case len(file.Clusters) > 1:
		return fmt.Errorf("--%s is for one cluster, and %s has %d: change it there", ofCluster[i], f.file, len(file.Clusters))
	}
	return nil
}
