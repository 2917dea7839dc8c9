package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/config"
	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

// patiently has ping wait for a busy machine.
func patiently(args ...string) []string { return append([]string{"ping", "--timeout=1m"}, args...) }

// advertising is the address of a broker that tells of these ones.
func advertising(t *testing.T, brokers ...kmsg.MetadataResponseBroker) (addr string) {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	cluster.ControlKey(kmsg.Metadata.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		response := request.ResponseKind().(*kmsg.MetadataResponse)
		response.Brokers = brokers
		return response, nil, true
	})
	return cluster.ListenAddrs()[0]
}

// advertised is a broker as Metadata tells it.
func advertised(id int32, host string, port int32) kmsg.MetadataResponseBroker {
	return kmsg.MetadataResponseBroker{NodeID: id, Host: host, Port: port}
}

func TestPingEndsWithTheCodeOfItsVerdict(t *testing.T) {
	for _, row := range []struct {
		addr string
		code int
		says string
	}{
		{broker(t), exitOK, "All is well"},
		{testnet.ClosedPort(t), exitError, "the connection was refused"},
		{advertising(t, advertised(1, "0.0.0.0", 9092)), 3, "advertised.listeners="},
	} {
		o := runToEnd(t, stubPage, patiently(row.addr)...)
		if o.code != row.code || o.stderr != "" {
			t.Errorf("%s: exit code %d, want %d; stderr %q", row.addr, o.code, row.code, o.stderr)
		}
		mustSay(t, o.stdout, row.addr+"\n", row.says)

		o = runToEnd(t, stubPage, patiently(row.addr, "--json")...)
		if o.code != row.code || o.stderr != "" {
			t.Errorf("%s with --json: exit code %d, want %d; stderr %q", row.addr, o.code, row.code, o.stderr)
		}
		var r ping.Report
		if err := json.Unmarshal([]byte(o.stdout), &r); err != nil || r.Target != row.addr {
			t.Errorf("%s with --json: %v\n%s", row.addr, err, o.stdout)
		}
	}
}

func TestPingsThatMakeNoSenseAreNamed(t *testing.T) {
	const secret = "secret"
	t.Setenv(passwordEnv, "")
	for _, row := range []struct{ args, want string }{
		{"", "the address of one broker was expected, such as localhost:9092"},
		{"a:9092 b", "ping takes one broker, and finds the others itself: kafkaio ping a:9092\n"},
		{"a,b:9092,c --tls", "ping takes one broker, and finds the others itself: kafkaio ping a --tls\n"},
		{"localhost:", `address "localhost:": there is no port after the colon`},
		{"::1:9092", "did you mean [::1]:9092?"},
		{"--broker=kafka", "ping takes the address of a broker as an argument, as in kafkaio ping localhost:9092"},
		{"kafka --bootstrap-server=kafka", "ping takes the address of a broker as an argument"},
		{"kafka --timeout=1", "such as 1.5s"},
		{"kafka --timeout=", "such as 1.5s"},
		{"kafka --json=maybe", "--json=maybe: true or false was expected"},
		{"kafka --bridge=", "--bridge is empty: give it a value, or leave it out"},
		{"kafka --token-file=", "--token-file is empty"},
		{"kafka --ca=", "--ca is empty"},
		{"kafka --cert=", "--cert is empty"},
		{"kafka --key=", "--key is empty"},
		{"kafka --server-name=", "--server-name is empty"},
		{"kafka --sasl=", "--sasl is empty"},
		{"kafka --user=", "--user is empty"},
		{"kafka --password-file=", "--password-file is empty"},
		{"http://kafka:9092", `address "http://kafka:9092": it is a URL`},
		{"kafka:0", `address "kafka:0"`},
		{"kafka --timeout=0s", "--timeout 0s: a positive duration was expected"},
		{"kafka --timeout=-1s", "--timeout -1s: a positive duration was expected"},
		{"kafka -4 -6", "-4 and -6 exclude each other"},
		{"kafka --cert=" + secret, "--cert and --key go together"},
		{"kafka --sasl=gssapi", "--sasl gssapi: plain, scram-sha-256 or scram-sha-512 was expected"},
		{"kafka --sasl=plain", "--sasl needs --user"},
		{"kafka --sasl=plain --user=alice", "--sasl needs a password: set KAFKAIO_PASSWORD"},
		{"kafka --user=alice", "go with --sasl"},
		{"kafka --password-file=" + secret, "go with --sasl"},
		{"kafka --password=sesame", "unknown flag: --password"},
		{"kafka --token-file=" + secret, "--token-file goes with --bridge"},
		{"kafka --connect-to=a=b --bridge=ws://127.0.0.1:8642/kafka", "--connect-to and --bridge exclude each other"},
		{"kafka --command-config=", "--command-config is empty"},
		{"kafka --bridge=http://127.0.0.1:8642/kafka", "--bridge: that is the link of a page; its bridge is at ws://127.0.0.1:8642/kafka\n"},
		{"kafka --bridge=https://tools.example/#token=sesame", "its bridge is at wss://tools.example/kafka. The token is what follows #token= in the link: put the bridge's token into KAFKAIO_BRIDGE_TOKEN"},
		{"kafka --bridge=ws://127.0.0.1:8642/kafka#token=sesame", "a bridge's URL has no #"},
		{"kafka --bridge=127.0.0.1:8642", "--bridge: a bridge's URL is of the form ws://HOST:8642/kafka"},
		{"kafka --bridge=tcp://127.0.0.1:8642", "--bridge: a bridge's URL is of the form ws://HOST:8642/kafka"},
		{"kafka --bridge=ws://127.0.0.1:0/kafka", "--bridge: address"},
		{"kafka --bridge=ws://alice:sesame@127.0.0.1:8642/kafka", "--token-file"},
	} {
		t.Run(row.args, func(t *testing.T) {
			o := runToEnd(t, stubPage, append([]string{"ping"}, strings.Fields(row.args)...)...)
			if o.code != exitUsage || o.stdout != "" {
				t.Errorf("exit code %d, stdout %q", o.code, o.stdout)
			}
			mustSay(t, o.stderr, row.want, "Run 'kafkaio ping --help'")
			if strings.Contains(o.stderr, "sesame") {
				t.Errorf("the password is in:\n%s", o.stderr)
			}
		})
	}
}

func TestFilesThatMakeNoSenseAreNamed(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	none, empty, secret := filepath.Join(dir, "none"), write("empty", "\n"), write("secret", "sesame\n")
	for _, row := range []struct{ args, want string }{
		{"kafka --ca=" + none, "--ca: open"},
		{"kafka --ca=" + secret, "no certificate in PEM"},
		{"kafka --cert=" + secret + " --key=" + secret, "--cert " + secret},
		{"kafka --command-config=" + none, "--command-config: open"},
		{"--command-config=" + write("a.properties", "security.protocol=sesame"), "a.properties: line 1: security.protocol: PLAINTEXT"},
		{"--command-config=" + write("b.properties", "security.protocol=SSL\nssl.truststore.location="+secret), "keytool -list -rfc"},
		{"kafka --sasl=plain --user=alice --password-file=" + none, "--password-file: open"},
		{"kafka --sasl=plain --user=alice --password-file=" + empty, "it is empty"},
		{"kafka --bridge=ws://127.0.0.1:8642/kafka --token-file=" + empty, "it is empty"},
	} {
		o := runToEnd(t, stubPage, append([]string{"ping"}, strings.Fields(row.args)...)...)
		if o.code != exitUsage || o.stdout != "" {
			t.Errorf("%s: exit code %d, stdout %q", row.args, o.code, o.stdout)
		}
		mustSay(t, o.stderr, row.want)
		if strings.Contains(o.stderr, "--help") || strings.Contains(o.stderr, "sesame") {
			t.Errorf("%s offers help, or tells the password:\n%s", row.args, o.stderr)
		}
	}
}

func TestHelpOfPingTeaches(t *testing.T) {
	o := runToEnd(t, stubPage, "ping", "--help")
	if o.code != exitOK {
		t.Errorf("exit code %d", o.code)
	}
	mustSay(t, o.stdout,
		"Resolve ", "Connect ", "TLS ", "ApiVersions ", "SASL ", "Metadata ", "the addresses that they advertise",
		"kafkaio ping localhost:9092", "--tls --ca", "--bridge ws://", passwordEnv, config.TokenEnv, "(default 1.5s)",
		"0  all is well", "1  the broker can't be used", "2  the command line makes no sense", "3  the broker answers")
}

func TestAnInterruptedPingGivesNoVerdict(t *testing.T) {
	for _, flag := range []string{"--json=false", "--json"} {
		ctx, cancel := context.WithCancel(t.Context())
		asked := testnet.Serve(t, func(c net.Conn) {
			c.Read(make([]byte, 1))
			cancel()
			io.Copy(io.Discard, c)
		})
		var stdout, stderr bytes.Buffer
		code := run(ctx, stubPage, patiently(asked, flag), &stdout, &stderr)
		if code != exitError || stderr.String() != "kafkaio: interrupted\n" {
			t.Errorf("%s: exit code %d, stderr %q", flag, code, stderr.String())
		}
		if strings.HasSuffix(flag, "false") {
			mustSay(t, stdout.String(), "ApiVersions", "   interrupted\n")
		}
		if text := stdout.String(); strings.Contains(text, "verdict") || strings.Contains(text, "says nothing") {
			t.Errorf("%s: a verdict:\n%s", flag, text)
		}
	}
}

func TestPingPrintsNoSecret(t *testing.T) {
	const password, guess, token = "open-sesame-42", "open-sesame-43", "token-of-a-bridge"
	dir := t.TempDir()
	file := func(name, text string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.User("PLAIN", "alice", password), kfake.User("SCRAM-SHA-512", "alice", password))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	addr := cluster.ListenAddrs()[0]
	site := explore(t)
	client := testca.New(t).Issue(t, "client")
	// Each is a process of its own, whose environment asks for the log.
	for _, row := range []struct {
		args string
		code int
	}{
		{"--sasl=plain --user=alice", exitOK},
		{"--sasl=SCRAM-SHA-512 --user=alice", exitOK},
		{"--sasl=plain --user=alice --password-file=" + file("guess", guess), exitError},
		{"--sasl=scram-sha-512 --user=alice --password-file=" + file("guess", guess), exitError},
		{"--bridge=" + site.dialer("").Bridge + " --token-file=" + file("token", token), exitError},
		{"--timeout=2s --cert=" + file("cert.pem", client.Chain) + " --key=" + file("key.pem", client.Key), exitError},
	} {
		c := exec.Command(os.Args[0])
		args := strings.Join(patiently(addr, row.args), " ")
		c.Env = append(os.Environ(), itselfEnv+"="+args, "KAFKAIO_DEBUG=2", passwordEnv+"="+password, config.TokenEnv+"="+token)
		out, err := c.CombinedOutput()
		if c.ProcessState == nil || c.ProcessState.ExitCode() != row.code || !bytes.Contains(out, []byte("connected to")) {
			t.Errorf("%s: %v; want exit code %d and a log:\n%s", row.args, err, row.code, out)
		}
		for _, secret := range []string{password, guess, token, "PRIVATE KEY", client.Key[40:80]} {
			if bytes.Contains(out, []byte(secret)) {
				t.Errorf("%s prints %q:\n%s", row.args, secret, out)
			}
		}
	}
}
