package main

import (
	"strings"
	"testing"
)

func TestHelpTeaches(t *testing.T) {
	for _, row := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"opens the explorer", "Usage:", "kafkaio demo ", "kafkaio explore localhost:9092", "version"}},
		{[]string{"--help"}, []string{"Usage:", "kafkaio demo ", "kafkaio explore localhost:9092"}},
		{[]string{"demo", "--help"}, []string{"three brokers", "orders and page-views", "kafkaio demo --listen", defaultListen, "port 0 is any free one"}},
		{[]string{"explore", "--help"}, []string{"as kafkaio ping does", "can change the cluster only with --allow-writes", "--command-config client.properties", "--connect-to kafka:29092=localhost:9092", "--allow-writes", passwordEnv, defaultListen}},
		{[]string{"help", "explore"}, []string{"as kafkaio ping does", "explore [host[:port]...]"}},
		{[]string{"version", "--help"}, []string{"Print the version", "kafkaio version"}},
	} {
		t.Run(strings.Join(row.args, " "), func(t *testing.T) {
			o := runToEnd(t, stubPage, row.args...)
			if o.code != exitOK || o.stderr != "" {
				t.Errorf("exit code %d, stderr %q", o.code, o.stderr)
			}
			mustSay(t, o.stdout, row.want...)
		})
	}
}

func TestCommandLinesThatMakeNoSenseAreNamed(t *testing.T) {
	for _, row := range []struct {
		args string
		want []string
	}{
		{"frobnicate", []string{`unknown command "frobnicate"` + "\n", "'kafkaio --help'"}},
		{"pign", []string{`unknown command "pign", did you mean ping?`, "'kafkaio --help'"}},
		{"help pign", []string{`unknown command "pign", did you mean ping?`, "'kafkaio --help'"}},
		{"help explore it", []string{`"it" is an argument too many: kafkaio explore has no commands`}},
		{"help bridge tokn", []string{`unknown command "tokn", did you mean token?`}},
		{"bridge.yaml", []string{`unknown command "bridge.yaml": for a bridge with this file: kafkaio bridge bridge.yaml`}},
		{"localhost:9092", []string{"kafkaio explore localhost:9092"}},
		{"serve", []string{"kafkaio bridge serves clusters to others"}},
		{"--config=bridge.yaml", []string{"unknown flag: --config: it belongs to kafkaio bridge\n"}},
		{"explore bridge.yaml", []string{`"bridge.yaml" is a file`, "kafkaio bridge bridge.yaml"}},
		{"explore a --timeout=5", []string{"--timeout=5: a number with its unit was expected, such as 1.5s"}},
		{"demo --frobnicate", []string{"unknown flag: --frobnicate\n", "'kafkaio demo --help'"}},
		{"demo --broker=a", []string{"unknown flag: --broker: the demo has a cluster of its own", "kafkaio explore localhost:9092"}},
		{"explore --brokr=a", []string{"unknown flag: --brokr\n", "'kafkaio explore --help'"}},
		{"explore -brokers=a", []string{"unknown flag: -brokers: explore takes the address of a broker as an argument"}},
		{"explore --bootstrap-server a", []string{"unknown flag: --bootstrap-server: explore takes the address of a broker as an argument, as in kafkaio explore localhost:9092"}},
		{"demo orders", []string{`"orders" is an argument too many: kafkaio demo takes none`}},
		{"version 2", []string{`"2" is an argument too many: kafkaio version takes none`}},
		{"explore", []string{"a broker is missing", "kafkaio explore localhost:9092", "kafkaio demo"}},
		{"explore --broker", []string{"--broker: its value is missing"}},
		{"explore --broker=", []string{"a broker is missing"}},
		{"explore --broker=,", []string{"a broker is missing"}},
		{"explore --broker=localhost:", []string{`address "localhost:": there is no port after the colon`}},
		{"explore --broker=::1:9092", []string{"did you mean [::1]:9092?"}},
		{"explore --broker=a:70000", []string{`address "a:70000"`, "from 1 to 65535", "host:port was expected"}},
		{"explore --broker=:9092", []string{`address ":9092": it has no host`}},
		{"explore --broker=http://a:9092", []string{`address "http://a:9092": it is a URL`}},
		{"explore --broker=good:9092 --broker=not/good", []string{`address "not/good"`}},
		{"explore good:9092 not/good", []string{`address "not/good"`}},
		{"explore a --timeout=0s", []string{"--timeout 0s: a positive duration was expected"}},
		{"explore a --connect-to=kafka", []string{"--connect-to kafka: from=to was expected, such as kafka:29092=localhost:9092"}},
		{"explore a --connect-to=kafka:x=b", []string{`--connect-to: address "kafka:x"`}},
		{"explore a --connect-to=kafka=b --connect-to=KAFKA:9092=c", []string{"--connect-to has two addresses for kafka:9092"}},
		{"explore a --sasl=plain", []string{"--sasl needs --user"}},
		{"explore a --cert=c", []string{"--cert and --key go together"}},
		{"explore a --command-config=", []string{"--command-config is empty"}},
		{"demo --listen=", []string{"--listen is empty"}},
		{"explore --broker=a --listen=", []string{"--listen is empty"}},
		{"demo --listen=8642", []string{`--listen "8642": host:port was expected, such as ` + defaultListen}},
		{"demo --listen=127.0.0.1:70000", []string{`"70000" is no port`, "from 0 to 65535"}},
		{"demo --listen=127.0.0.1:-1", []string{`"-1" is no port`}},
		{"demo --listen=:8642", []string{`--listen ":8642": only loopback`, "ssh -L"}},
		{"demo --listen=0.0.0.0:8642", []string{`--listen "0.0.0.0:8642": only loopback`, "ssh -L"}},
		{"explore --broker=a --listen=192.0.2.1:8642", []string{`--listen "192.0.2.1:8642": only loopback`}},
		{"demo --listen=example.com:8642", []string{`--listen "example.com:8642": only loopback`}},
		{"demo --listen=[::]:8642", []string{`--listen "[::]:8642": only loopback`}},
	} {
		t.Run(row.args, func(t *testing.T) {
			o := runToEnd(t, stubPage, strings.Fields(row.args)...)
			if o.code != exitUsage || o.stdout != "" {
				t.Errorf("exit code %d, stdout %q", o.code, o.stdout)
			}
			mustSay(t, o.stderr, append(row.want, "kafkaio: ", "--help")...)
		})
	}
}
