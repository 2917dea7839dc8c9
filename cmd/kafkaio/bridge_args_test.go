package main

import (
	"strings"
	"testing"
)

func TestBridgesThatMakeNoSenseAreNamed(t *testing.T) {
	good := bridgeFile(t, oneCluster("kafka:9092"))
	bad := bridgeFile(t, "clusters: [{name: a, brokers: [b], sasl: {password: sesame}}]")
	badPolicy := bridgeFile(t, oneCluster("kafka:9092")+"policies: [{identities: [ci], allow: reed-only}]")
	two := bridgeFile(t, "clusters: [{name: a, brokers: [b]}, {name: c, brokers: [d]}]")
	for _, row := range []struct{ args, want string }{
		{"", "a file was expected, as in kafkaio bridge bridge.yaml"},
		{good + " b", `"b" is an argument too many`},
		{good + " --config " + good, "is a second file: --config names " + good + " already"},
		{"missing.yaml", "missing.yaml: there is no such file. kafkaio bridge init prints one"},
		{bad, bad + ":1:43: clusters[0].sasl: unknown key password, did you mean password_file?"},
		{badPolicy, badPolicy + `:9:38: policies[0].allow[0]: "reed-only"`},
		{good + " --check --print-config", "exclude each other"},
		{good + " --listen 0.0.0.0:1", "so the bridge needs TLS"},
		{"--broker localhost:9092 --listen 0.0.0.0:1", "--listen: 0.0.0.0:1 can be reached"},
		{two + " --broker c", "--broker is for one cluster, and " + two + " has 2"},
		{"--broker localhost:9092 --sasl plain --user u --password-file f", "allow_plaintext: true"},
		{good + " --frobnicate", "unknown flag: --frobnicate"},
		{"int", `unknown command "int", did you mean init?`},
		{"exlpain --as ci " + good, "unknown flag: --as: it belongs to kafkaio bridge explain"},
		{"check " + good, `"check" is no file, and --check is a flag: kafkaio bridge --check ` + good},
		{"chekc", "kafkaio bridge --check bridge.yaml"},
		{"print-config " + good, "kafkaio bridge --print-config " + good},
		{"serve " + good, `"serve" is no file: to serve, name the file alone: kafkaio bridge ` + good},
		{"help", "kafkaio help bridge"},
		{"localhost:9092", "kafkaio bridge --broker localhost:9092"},
		{"--explain " + good, "unknown flag: --explain: it is a command: kafkaio bridge explain"},
		{"-f " + good, "unknown flag: -f, did you mean --config?"},
		{"--port 8642 " + good, "unknown flag: --port, did you mean --listen?"},
		{"--bootstrap-server localhost:9092", "did you mean --broker?"},
		{"--config", "--config: its value is missing, as in --config FILE"},
		{"--config=", "--config is empty"},
		{"--tls=maybe " + good, "--tls=maybe: true or false was expected"},
		{"--command-config client.properties", "it belongs to kafkaio explore and to kafkaio ping"},
		{"--broker localhost:notaport", `--broker: address "localhost:notaport"`},
		{"--broker a --sasl skram", `--sasl: "skram": one of plain,`},
		{"--broker a --user alice", "--user: mechanism (--sasl) is missing"},
		{good + " --listen 8642", `--listen: "8642": host:port was expected`},
		{t.TempDir(), "it is a directory, and a file was expected"},
		{bridgeFile(t, ""), "it has no key: kafkaio bridge init"},
		{bridgeFile(t, "\x7fELF\x02\x00"), "it isn't a text"},
		{"token", "--identity is missing"},
		{"token ci", "the name stands after a flag: kafkaio bridge token --identity ci"},
		{"token --as ci", "unknown flag: --as, did you mean --identity?"},
		{"explain --identity ci " + good, "unknown flag: --identity, did you mean --as?"},
		{"token --identity a/b", "--identity: the identity has a /"},
		{"token --identity a b", `"b" is an argument too many`},
		{"init now", "an argument too many"},
		{"explain", "a file was expected"},
		{"explain " + good, "--as is missing"},
		{"explain --as ci " + bridgeFile(t, oneCluster("kafka:9092")+readers) + " fetch", "did you mean Fetch?"},
		{"explain --as a/b " + good, "--as: the bridge lets nobody in under this name: the identity has a /"},
		{"explain --as ci " + bad, "unknown key password"},
	} {
		o := runToEnd(t, stubPage, append([]string{"bridge"}, strings.Fields(row.args)...)...)
		if o.code != exitUsage || o.stdout != "" {
			t.Errorf("%s: exit code %d, stdout %q", row.args, o.code, o.stdout)
		}
		mustSay(t, o.stderr, row.want)
		if strings.Contains(o.stderr, "sesame") {
			t.Errorf("%s: a secret is shown: %s", row.args, o.stderr)
		}
	}
}

func TestAMistypedVariableIsNamed(t *testing.T) {
	t.Setenv("KAFKAIO_BRIDGE_LOGLEVEL", "sesame")
	for _, args := range [][]string{{"bridge", "--broker=a", "--check"}, {"bridge", "explain", "--as=ci", bridgeFile(t, oneCluster("kafka:9092"))}} {
		o := runToEnd(t, stubPage, args...)
		if o.code != exitUsage || strings.Contains(o.stderr, "sesame") {
			t.Errorf("%v: exit code %d: %s", args, o.code, o.stderr)
		}
		mustSay(t, o.stderr, "unknown variable KAFKAIO_BRIDGE_LOGLEVEL, did you mean KAFKAIO_BRIDGE_LOG_LEVEL?")
	}
}
