package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/clientproperties"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

// passwordEnv has the password of SASL: flags are in the list of processes.
const passwordEnv = "KAFKAIO_PASSWORD"

// brokerFlags say how to reach the brokers of a cluster.
type brokerFlags struct {
	clusterFlags

	timeout       time.Duration
	commandConfig string
	connectTo     []string
	insecure      bool
}

func (f *brokerFlags) addTimeout(flags *pflag.FlagSet) {
	f.timeout = kafkaio.DefaultTimeout
	flags.Var((*durationValue)(&f.timeout), "timeout", "how long each step may take")
}

func (f *brokerFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.commandConfig, "command-config", "", "`file` of a Java client, such as client.properties: bootstrap.servers, security.protocol, sasl.* and ssl.* with PEM; flags win over it")
	flags.StringArrayVar(&f.connectTo, "connect-to", nil, "`from=to`: where a broker advertises the first host:port, connect to the second; give the flag once for each")
	f.clusterFlags.add(flags)
	flags.Lookup("password-file").Usage += "; without it " + passwordEnv + " has the password"
	flags.BoolVar(&f.insecure, "insecure", false, "connect with TLS and accept any certificate: whoever is in between can pose as the broker, and read everything")
}

// access reads what the flags say, and the files that they name.
func (f *brokerFlags) access() (a *brokerAccess, err error) {
	if f.timeout <= 0 {
		return nil, fmt.Errorf("--timeout %v: a positive duration was expected, such as 1.5s", f.timeout)
	}
	file := new(clientproperties.Config)
	if f.commandConfig != "" {
		if file, err = clientproperties.Read(f.commandConfig); err != nil {
			return nil, badFile("--command-config: %w", err)
		}
	}
	a = &brokerAccess{timeout: f.timeout, brokers: file.Brokers, ignored: file.Ignored, user: file.User}
	if f.sasl != "" {
		a.user = f.user
	}
	if a.connectTo, err = parseConnectTo(f.connectTo); err != nil {
		return nil, err
	}
	if a.tls, err = f.tlsConfig(file); err != nil {
		return nil, err
	}
	a.sasl, err = f.mechanism(file)
	return a, err
}

// parseConnectTo reads the values of --connect-to.
func parseConnectTo(values []string) (map[string]string, error) {
	connectTo := make(map[string]string)
	for _, v := range values {
		from, to, ok := strings.Cut(v, "=")
		if !ok {
			return nil, fmt.Errorf("--connect-to %s: from=to was expected, such as kafka:29092=localhost:9092", v)
		}
		from, err := ping.Address(from)
		if err != nil {
			return nil, fmt.Errorf("--connect-to: %w", err)
		}
		if to, err = ping.Address(to); err != nil {
			return nil, fmt.Errorf("--connect-to: %w", err)
		}
		if _, isThere := connectTo[from]; isThere {
			return nil, fmt.Errorf("--connect-to has two addresses for %s", from)
		}
		connectTo[from] = to
	}
	return connectTo, nil
}
