package main

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/web"
)

// patience bounds what takes a second on an idle machine.
const patience = time.Minute

// itselfEnv has the arguments of a kafkaio that is a process of its own, where a test needs that.
const itselfEnv = "KAFKAIO_TEST_ITSELF"

func TestMain(m *testing.M) {
	if args := os.Getenv(itselfEnv); args != "" {
		os.Exit(run(context.Background(), stubPage, strings.Fields(args), os.Stdout, os.Stderr))
	}
	leak.Main(m)
}

// pageText is all that stubPage serves, at every path.
const pageText = "the page"

// stubPage stands for the page where a test is not about it.
func stubPage() (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, pageText) }), nil
}

// outcome is the result of a command that ended by itself.
type outcome struct {
	code           int
	stdout, stderr string
}

// runToEnd runs a command that has to end by itself.
func runToEnd(t *testing.T, page pageFunc, args ...string) outcome {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context()) // without a deadline, which calls that have timeouts of their own would heed
	defer cancel()
	defer time.AfterFunc(patience, cancel).Stop()
	var stdout, stderr bytes.Buffer
	code := run(ctx, page, args, &stdout, &stderr)
	if ctx.Err() != nil {
		t.Fatalf("kafkaio %s did not end by itself: %s%s", strings.Join(args, " "), stdout.String(), stderr.String())
	}
	return outcome{code, stdout.String(), stderr.String()}
}

// mustSay checks that a text has all the parts.
func mustSay(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func TestHelpTeaches(t *testing.T) {
	for _, row := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"lists topics, tails them live", "Usage:", "kafkaio demo ", "kafkaio explore localhost:9092", "version"}},
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

func TestVersionNamesPlatformAndToolchain(t *testing.T) {
	o := runToEnd(t, stubPage, "version")
	if o.code != exitOK || !strings.HasPrefix(o.stdout, "kafkaio ") {
		t.Errorf("exit code %d: %q", o.code, o.stdout)
	}
	mustSay(t, o.stdout, runtime.GOOS+"/"+runtime.GOARCH, runtime.Version())
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

// full is a device without space.
type full struct{}

func (full) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

func TestAResultThatCannotBeWrittenIsAnError(t *testing.T) {
	addr := broker(t)
	for _, args := range [][]string{
		patiently(addr), patiently(addr, "--json"), patiently(testnet.ClosedPort(t)), {"version"}, {"--version"}, {"--help"}, {}, {"help", "ping"},
		{"explore", addr, "--listen", "127.0.0.1:0"}, {"demo", "--listen", "127.0.0.1:0"},
	} {
		var stderr bytes.Buffer
		code := run(t.Context(), stubPage, args, full{}, &stderr)
		if want := "kafkaio: cannot write the result: no space left on device\n"; code != exitError || stderr.String() != want {
			t.Errorf("%v: exit code %d, stderr %q", args, code, stderr.String())
		}
	}
}

func TestBrokersAreReadAsTheyAreTyped(t *testing.T) {
	got, err := brokerList([]string{" a:9092/, b:9092,", "c d:1"})
	if want := []string{"a:9092", "b:9092", "c", "d:1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestABinaryWithoutThePageSaysHowToBuildOne(t *testing.T) {
	notBuilt := func() (http.Handler, error) { return nil, web.ErrNotBuilt }
	for _, args := range [][]string{{"demo"}, {"explore", "localhost:9092"}} {
		o := runToEnd(t, notBuilt, args...)
		if o.code != exitError || o.stdout != "" {
			t.Errorf("%v: exit code %d, stdout %q", args, o.code, o.stdout)
		}
		mustSay(t, o.stderr, "build with make")
	}
}

func TestColourIsForTerminals(t *testing.T) {
	terminal, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	for _, row := range []struct {
		w             io.Writer
		noColor, term string
		want          bool
	}{
		{terminal, "", "xterm", true},
		{terminal, "1", "xterm", false},
		{terminal, "", "dumb", false},
		{&bytes.Buffer{}, "", "xterm", false},
	} {
		t.Setenv("NO_COLOR", row.noColor)
		t.Setenv("TERM", row.term)
		if got := newPrinter(row.w).colour; got != row.want {
			t.Errorf("%T, NO_COLOR=%s, TERM=%s: colour is %v", row.w, row.noColor, row.term, got)
		}
	}
}

// A command is a kafkaio that runs.
type command struct {
	t              *testing.T
	stdout, stderr *output
	link           string // the one that it printed
	cancel         context.CancelFunc
	ended          chan int // receives the exit code
}

// start runs a command and waits for the link that it prints. It is interrupted when the test ends.
func start(t *testing.T, page pageFunc, args ...string) *command {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := &command{t: t, stdout: newOutput(), stderr: newOutput(), cancel: cancel, ended: make(chan int, 1)}
	go func() {
		c.ended <- run(ctx, page, args, c.stdout, c.stderr)
		c.stdout.end()
		c.stderr.end()
	}()
	t.Cleanup(c.stop)
	c.link = c.stdout.waitFor(func(text string) string {
		_, link, _ := strings.Cut(text, "Open  ")
		link, _, _ = strings.Cut(link, "\n")
		return link
	})
	if c.link == "" {
		t.Fatalf("kafkaio %s printed no link: %s%s", strings.Join(args, " "), c.stdout.String(), c.stderr.String())
	}
	return c
}

// stop interrupts the command as Ctrl-C does. It has to end well.
func (c *command) stop() {
	c.t.Helper()
	if c.cancel == nil {
		return
	}
	c.cancel()
	c.cancel = nil
	if code := <-c.ended; code != exitOK {
		c.t.Errorf("exit code %d: %s", code, c.stderr.String())
	}
}

// origin and token are the two parts of the link.
func (c *command) origin() string {
	origin, _, _ := strings.Cut(c.link, "/#token=")
	return origin
}

func (c *command) token() string {
	_, token, _ := strings.Cut(c.link, "/#token=")
	return token
}

// get returns what the command serves at a path.
func (c *command) get(path string) (*http.Response, string) {
	c.t.Helper()
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport, Timeout: patience}).Get(c.origin() + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, string(body)
}

// An output keeps what a command writes, and lets a test wait for it.
type output struct {
	mu      sync.Mutex
	changed sync.Cond
	text    []byte
	ended   bool
}

func newOutput() *output {
	o := &output{}
	o.changed.L = &o.mu
	return o
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, p...)
	o.changed.Broadcast()
	return len(p), nil
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	o.changed.Broadcast()
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(slices.Clone(o.text))
}

// waitFor returns what find finds in the whole lines so far, or "" if the output ends without.
func (o *output) waitFor(find func(text string) string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		whole := o.text[:bytes.LastIndexByte(o.text, '\n')+1]
		if found := find(string(whole)); found != "" || o.ended {
			return found
		}
		o.changed.Wait()
	}
}
