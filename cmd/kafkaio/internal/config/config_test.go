package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// full is a configuration with every key of the documentation's example.
const full = `listen: 0.0.0.0:8642
hosts: [kafka-tools.example]
origins: ["https://tools.example"]
page: true
tls: {cert: bridge.pem, key: bridge.key}
trusted_proxies: [10.0.0.7/32]
max_memory: 256MiB
max_session_age: 8h
log: {level: debug, format: json}
auth:
  tokens: [{identity: ci, groups: [devs], sha256: "` + hash + `"}]
  jwt: {issuer: "https://login.example", audience: kafkaio, jwks: "https://login.example/keys?key=sesame", identity: email, groups: roles}
  header: {identity: X-Forwarded-User, groups: X-Forwarded-Groups}
clusters:
  - name: prod
    default: true
    brokers: [kafka-1:9093]
    targets: ["broker-*.prod:9093"]
    tls: {ca: ca.pem, cert: client.pem, key: client.key, server_name: kafka}
    sasl: {mechanism: scram-sha-512, user: bridge, password_file: password}
    connect_to: {"kafka:29092": "127.0.0.1:9092"}
  - name: test
    brokers: [kafka-2]
    allow_plaintext: true
    sasl: {mechanism: oauthbearer, token_url: "https://login.example/token", client_id: bridge, secret_file: secret, scope: kafka}
  - {name: users, brokers: [kafka-3], tls: {}, sasl: {mechanism: plain, identities_file: identities}}
  - {name: login, brokers: [kafka-4], tls: {}, sasl: {mechanism: oauthbearer, token: from-client}}
policies:
  - name: readers
    identities: [ci]
    groups: [devs]
    clusters: [prod]
    allow: read-only
    topics: ["orders*"]
    consumer_groups: {see: ["*"], join: ["kafkaio-*"]}
    transactional_ids: [tx]
    observe: true
`

const hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"

func validated(text string) (*Source, error) {
	s, err := Parse("bridge.yaml", []byte(text))
	if err == nil {
		err = s.Validate()
	}
	return s, err
}

func TestEveryKeyIsRead(t *testing.T) {
	s, err := validated(full)
	if err != nil {
		t.Fatal(err)
	}
	f := s.File
	if f.MaxMemory != 256<<20 || time.Duration(f.MaxSessionAge) != 8*time.Hour || f.Policies[0].Allow[0] != "read-only" ||
		f.Clusters[0].ConnectTo["kafka:29092"] != "127.0.0.1:9092" || f.Policies[0].ConsumerGroups.Join[0] != "kafkaio-*" {
		t.Errorf("%+v", f)
	}
}

const jwtAuth = "auth: {jwt: {issuer: a, audience: b, jwks: f}}\n"

// minimal has the least that works, and the rows below change it.
const minimal = "clusters: [{name: prod, brokers: [kafka]}]\n"

func TestMistakesAreSaidWithTheirPlace(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"", "bridge.yaml: it has no key: kafkaio bridge init"},
		{"# nothing\n", "bridge.yaml: it has no key"},
		{minimal + "---\n" + minimal, "a second document"},
		{"- a", "bridge.yaml:1:1: a list stands where a mapping was expected"},
		{"listn: a", "bridge.yaml:1:1: unknown key listn, did you mean listen?"},
		{minimal + "auth:\n  jwt:\n    issuerr: x", "bridge.yaml:4:5: auth.jwt: unknown key issuerr, did you mean issuer?"},
		{minimal + "max-memory: 1", "did you mean max_memory?"},
		{minimal + "frobnicate: 1", "unknown key frobnicate: the keys here are auth, clusters,"},
		{"clusters: [{name: a, brokers: [b], sasl: {password: sesame}}]", "bridge.yaml:1:43: clusters[0].sasl: unknown key password, did you mean password_file?"},
		{minimal + "auth: {tokens: [{s3same: 1}]}", "unknown key (not shown)"},
		{minimal + "listen: a\nlisten: b", "bridge.yaml:3:1: this key stands twice"},
		{minimal + "page: sesame", "bridge.yaml:2:7: page: true or false was expected"},
		{minimal + "listen: true", "listen: a text was expected: quote it"},
		{minimal + "hosts: sesame", "hosts: a single value stands where a list of texts was expected"},
		{minimal + "listen: [sesame]", "listen: a list stands where a text was expected"},
		{minimal + "listen: {sesame: 1}", "listen: keys stand where a text was expected"},
		{"clusters: [{name: a, brokers: [kafka:9092]}]", `clusters[0].brokers[0]: keys stand where a text was expected: put a text with a : in quotes, such as "kafka:9092"`},
		{minimal + "listen:", "listen: there is no value"},
		{minimal + "listen: *sesame", "in quotes"},
		{minimal + "listen: &sesame a", "anchors"},
		{minimal + "hosts: [a, *]", `in quotes, such as "*"`},
		{minimal + "hosts: *", `in quotes, such as "*"`},
		{minimal + "hosts: [a, 'https://b']", `hosts[1]: "https://b": a name or an address without scheme and port`},
		{minimal + "hosts: ['a:443']", `hosts[0]: "a:443": a name or an address without scheme and port`},
		{minimal + "origins: [a]", `origins[0]: "a": scheme and host were expected`},
		{minimal + "origins: ['http://a:80', 'https://a/b c']", `origins[1]`},
		{minimal + "max_memory: sesame", "bridge.yaml:2:13: max_memory: a size was expected"},
		{minimal + "max_memory: 1KiB", "bridge.yaml:2:13: max_memory: 1KiB is too little: at least 4MiB"},
		{minimal + "max_session_age: 12", "max_session_age: a duration was expected"},
		{minimal + "max_session_age: 1s", "at least 1m"},
		{minimal + "listen: 8642", `listen: "8642": host:port was expected`},
		{minimal + "listen: 127.0.0.1:x", `"x" is no port`},
		{minimal + "listen: 0.0.0.0:8642", "bridge.yaml:2:9: listen: 0.0.0.0:8642 can be reached from other machines, so the bridge needs TLS"},
		{minimal + "listen: 0.0.0.0:8642\ntls: {cert: a, key: b}", "so clients need an identity"},
		{minimal + "tls: {cert: a}", "cert and key go together"},
		{minimal + "trusted_proxies: [0.0.0.0/0]", "is every address"},
		{minimal + "trusted_proxies: [proxy]", "an address or a range"},
		{minimal + "log: {level: loud}", `bridge.yaml:2:14: log.level: "loud": one of debug, info, warn, error`},
		{minimal + "auth: {header: {identity: X-User}}", "without trusted_proxies anybody could send it"},
		{minimal + "trusted_proxies: [10.0.0.1]\nauth: {header: {identity: 'X User'}}", "no name of a header"},
		{minimal + "auth: {tokens: [{identity: ci, sha256: sesame}]}", "bridge.yaml:2:40: auth.tokens[0].sha256: 64 hexadecimal digits"},
		{minimal + "auth: {tokens: [{identity: ci}]}", "sha256 is missing: kafkaio bridge token"},
		{minimal + "auth: {jwt: {issuer: a, jwks: f}}", "audience is missing"},
		{minimal + "auth: {jwt: {issuer: a, audience: b, jwks: 'https://u:sesame@h/'}}", "leave the password out"},
		{minimal + "auth: {jwt: {issuer: a, audience: b, jwks: 'http://h/'}}", "https:// was expected"},
		{"page: true", "clusters: there is none"},
		{"clusters: [{name: a, brokers: [b]}, {name: a, brokers: [c]}]", "clusters[1].name: another cluster is called a too"},
		{"clusters: [{name: a/b, brokers: [b]}]", "it is a part of /kafka/NAME"},
		{"clusters: [{brokers: [b]}]", "name is missing"},
		{"clusters: [{name: a}]", "brokers is missing"},
		{"clusters: [{name: a, brokers: ['http://b']}]", "it is a URL"},
		{"clusters: [{name: a, brokers: [b], default: true}, {name: b, brokers: [b], default: true}]", "/kafka is one cluster"},
		{"clusters: [{name: a, brokers: [b], targets: ['broker-*']}]", "targets[0]"},
		{"clusters: [{name: a, brokers: [b], connect_to: {'kafka': '127.0.0.1:1'}}]", `bridge.yaml:1:58: clusters[0].connect_to.kafka: "kafka": host:port was expected`},
		{"clusters: [{name: a, brokers: [b], connect_to: {'kafka:1': {}}}]", "keys stand where a text was expected"},
		{"clusters: [{name: a, brokers: [b], sasl: {mechanism: plain, user: u, password_file: f}}]", "allow_plaintext: true"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: plain, user: u}}]", "plain needs password_file"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: gssapi}}]", `"gssapi": one of plain,`},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: oauthbearer, token_url: 'https://t', client_id: c, secret_file: s, user: u}}]", "sasl.user: oauthbearer takes none"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: plain, token: from-client, user: u, password_file: f}}]", "sasl.token: plain takes none"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: oauthbearer, token: from-client}}]", "sasl.token: clients have no token to pass on without auth.jwt"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: oauthbearer, token: sesame}}]", "bridge.yaml:1:83: clusters[0].sasl.token: from-client was expected"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: oauthbearer, token: from-client, scope: kafka}}]", "sasl.scope: token: from-client takes none"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: oauthbearer, token: from-client, identities_file: f}}]", "sasl.identities_file: oauthbearer takes none"},
		{jwtAuth + "clusters: [{name: a, brokers: [b], sasl: {mechanism: oauthbearer, token: from-client}}]", "without TLS whoever listens reads the credentials"},
		{jwtAuth + "clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: plain, identities_file: f, user: u}}]", "sasl.user: identities_file takes none"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: plain, identities_file: f}}]", "identities_file: without auth clients have no identity"},
		{minimal + "auth: {tokens: [{identity: ci/sesame, sha256: " + hash + "}]}", "bridge.yaml:2:28: auth.tokens[0].identity: the identity has a /"},
		{minimal + "auth: {tokens: [{identity: __admin_client, sha256: " + hash + "}]}", "brokers give privileges"},
		{minimal + "policies: [{identities: [ci], allow: full}]", "clients have no identity"},
		{minimal + "policies: [{identities: [ci], allow: metadata, topics: ['*'], clusters: [porD]}]", `bridge.yaml:2:74: policies[0].clusters[0]: there is no cluster "porD", did you mean prod?`},
		{minimal + "policies: [{allow: full}]", "bridge.yaml:2:12: policies[0]: it is for nobody"},
		{minimal + "policies: [{identities: ['*']}]", "bridge.yaml:2:12: policies[0]: it allows nothing: allow a preset (metadata, "},
		{minimal + "policies: [{identities: ['*'], allow: metadata, topics: ['*'], clusters: [prod, test]}]", `bridge.yaml:2:81: policies[0].clusters[1]: no cluster matches "test": they are prod`},
		{minimal + "policies:\n- identities: ['*']\n  allow:\n  - metadata\n  - Fetsh\n  topics: ['*']", `bridge.yaml:6:5: policies[0].allow[1]: "Fetsh" is neither`},
		{minimal + "policies:\n- identities: ['*']\n  allow: metadta", `bridge.yaml:4:10: policies[0].allow[0]: "metadta" is neither a preset (metadata, read-only, produce-only, read-write, full) nor one of Kafka's APIs, did you mean metadata?`},
		{minimal + "policies:\n- identities: ['*']\n  allow: read-only\n  topics: ['^a$']", `bridge.yaml:5:12: policies[0].topics[0]: "^a$" matches no topic`},
		{minimal + "policies:\n- identities: ['*']\n  allow: JoinGroup\n  consumer_groups:\n    see:\n    - '**'", `bridge.yaml:7:7: policies[0].consumer_groups.see[0]: "**" has **`},
		{minimal + "policies:\n- {name: a, identities: ['*'], allow: metadata, topics: ['*']}\n- {name: a, identities: ['*'], allow: metadata, topics: ['*']}", "bridge.yaml:4:10: policies[1].name: another policy has this name"},
		{"clusters:\n- brokers: [a]\n  sasl:\n    mechanism: plain", "bridge.yaml:2:3: clusters[0]: name is missing"},
		{"clusters:\n- name: a\n  brokers: [a]\n  sasl:\n    mechanism: plain", "bridge.yaml:4:3: clusters[0].sasl: plain needs user"},
		{"clusters: [{name: a, brokers: [b], tls: {}, sasl: {mechanism: scram-sha512}}]", `bridge.yaml:1:63: clusters[0].sasl.mechanism: "scram-sha512": one of plain, scram-sha-256, scram-sha-512, oauthbearer was expected, did you mean scram-sha-512?`},
		{"\xff\xfea", "bridge.yaml: it isn't a text"},
		{minimal + "a\x00b: c", "bridge.yaml: it isn't a text"},
		{minimal + "auth: {tokens: [\n  sesame: [", "bridge.yaml:"},
		{minimal + "listen: \"sesame\\q\"", "bridge.yaml:2"},
		{"\tsesame: 1", "bridge.yaml:1"},
	} {
		_, err := validated(row.text)
		if err == nil {
			t.Errorf("%q is taken", row.text)
			continue
		}
		if !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v\nwant %s", row.text, err, row.want)
		}
		if strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "s3same") {
			t.Errorf("%q: the text is shown: %v", row.text, err)
		}
	}
}

func TestWhatIsPrintedHasNoSecretsAndIsTheSame(t *testing.T) {
	s, err := validated(full)
	if err != nil {
		t.Fatal(err)
	}
	text, err := Print(s.File)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), hash) || strings.Contains(string(text), "sesame") {
		t.Errorf("secrets are shown:\n%s", text)
	}
	again, err := validated(strings.Replace(string(text), Hidden, hash, 1))
	if err != nil {
		t.Fatalf("%v:\n%s", err, text)
	}
	if second, err := Print(again.File); err != nil || string(second) != string(text) {
		t.Errorf("%v: printed again:\n%s\nfirst:\n%s", err, second, text)
	}
	if s.File.Auth.Tokens[0].SHA256 != hash {
		t.Error("printing changed the file")
	}
}

func TestSizesAndDurationsAreWrittenAsTheyAreRead(t *testing.T) {
	for text, want := range map[string]Size{"0": 0, "1": 1, "1KiB": 1 << 10, "512 MiB": 512 << 20, "3GiB": 3 << 30} {
		var s Size
		if err := s.UnmarshalText([]byte(text)); err != nil || s != want || s.String() != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%s: %v, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5GiB", "1MB", "9223372036854775807KiB", "x"} {
		if err := new(Size).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("size %q is taken", text)
		}
	}
	for _, text := range []string{"12h", "1h30m", "1m", "1.5s", "1h0m1s"} {
		var d Duration
		if err := d.UnmarshalText([]byte(text)); err != nil || d.String() != text {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
}

func TestSecretsAreOneLine(t *testing.T) {
	name := filepath.Join(t.TempDir(), "secret")
	for text, want := range map[string]string{"sesame": "sesame", "sesame\n": "sesame", "sesame\r\n": "sesame", " a ": " a ", "": "", "\n": "", "a\nb\n": ""} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadSecret(name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if err := os.WriteFile(name, []byte(" sesame"), 0o604); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o604); err != nil {
		t.Fatal(err)
	}
	if warnings := SecretWarnings(name); len(warnings) == 0 || strings.Contains(strings.Join(warnings, ""), "sesame") {
		t.Errorf("%q", warnings)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte("a: &b [*b]"))
	f.Add([]byte("auth: {tokens: [{sha256: !!binary x}]}\n---\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4<<10 {
			return
		}
		if s, err := Parse("f", text); err == nil {
			s.Validate()
		}
	})
}
