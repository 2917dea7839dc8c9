package main

import "github.com/spf13/pflag"

// clusterFlags say how to connect to the brokers of a cluster.
type clusterFlags struct {
	set *pflag.FlagSet

	tls                       bool
	ca, cert, key, serverName string
	sasl, user, passwordFile  string
}

func (f *clusterFlags) add(flags *pflag.FlagSet) {
	f.set = flags
	flags.BoolVar(&f.tls, "tls", false, "connect to the brokers with TLS; the four flags that follow imply it")
	flags.StringVar(&f.ca, "ca", "", "PEM `file` with the authorities to trust, instead of the system's")
	flags.StringVar(&f.cert, "cert", "", "PEM `file` with the certificate to show to the brokers")
	flags.StringVar(&f.key, "key", "", "PEM `file` with its key")
	flags.StringVar(&f.serverName, "server-name", "", "the `name` that the brokers' certificates must have, if it isn't the host's")
	flags.StringVar(&f.sasl, "sasl", "", "authenticate by `mechanism`: scram-sha-512, scram-sha-256, or plain, which sends the password as it is: use it with TLS")
	flags.StringVar(&f.user, "user", "", "the user's `name`, for --sasl")
	flags.StringVar(&f.passwordFile, "password-file", "", "`file` with the password, for --sasl")
}
