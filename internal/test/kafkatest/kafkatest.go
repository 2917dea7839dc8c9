package kafkatest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// Options say what to start.
type Options struct {
	// Brokers is 1 or 3. Each topic has as many replicas, unless it says otherwise.
	Brokers int
	// Protocols are what each broker's clients can speak, besides PLAINTEXT, each on a port of its
	// own: SSL, SASL_PLAINTEXT, SASL_SSL. Properties must hold what these need.
	Protocols []string
	// Advertised are the addresses, by protocol, at which the brokers tell clients that they are. Others are
	// advertised where they listen.
	Advertised map[string]string
	// Properties are added to each broker's server.properties.
	Properties map[string]string
	// JavaOptions are added to the command line of each broker's java, such as -Dname=value.
	JavaOptions []string
}

// FastTakeover are Properties with which other brokers take over from one that is killed after 3 s, not 9.
var FastTakeover = map[string]string{
	"broker.heartbeat.interval.ms": "500",
	"broker.session.timeout.ms":    "3000",
}

// A Cluster is Apache Kafka on loopback, as one test sees it.
type Cluster struct {
	t         testing.TB
	bootstrap []string // of the PLAINTEXT listeners
	brokers   *brokers // nil: the cluster of KAFKAIO_TEST_BROKERS
}

// Start starts a cluster of its own for the test t, which ends with the test. If the test has
// failed its logs are kept.
func Start(t testing.TB, o Options) *Cluster {
	t.Helper()
	if c := given(t, o); c != nil {
		return c
	}
	requireComponents(t)
	c, err := TryStart(t, o)
	if err != nil {
		t.Fatalf("kafkatest: %v", err)
	}
	return c
}

// TryStart is Start for goroutines that aren't the test's: it returns an error where Start ends the test. Lacks tells
// what is missing.
func TryStart(t testing.TB, o Options) (*Cluster, error) {
	if o.Brokers != 1 && o.Brokers != 3 {
		return nil, fmt.Errorf("Options.Brokers is %d, want 1 or 3", o.Brokers)
	}
	b, err := startBrokers(o)
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		if message := b.end(t.Failed()); message != "" {
			t.Log(message)
		}
	})
	return newCluster(t, b), nil
}

// requireComponents ends a test that can't have Kafka.
func requireComponents(t testing.TB) {
	t.Helper()
	require.Long(t, "Apache Kafka")
	if component, howToInstall := Lacks(); component != "" {
		require.Missing(t, component, howToInstall)
	}
}

// Lacks returns what is missing for Kafka to be started, as require.Missing takes it; empty: nothing is.
func Lacks() (component, howToInstall string) {
	if os.Getenv(brokersEnv) != "" {
		return "a broker that a test may configure and stop", "unset " + brokersEnv
	}
	if _, err := exec.LookPath("java"); err != nil {
		return "java", "apt-get install default-jre-headless (17 or later)"
	}
	if haveJars() {
		return "", ""
	}
	if _, err := exec.LookPath("mvn"); err != nil {
		return "mvn, which fetches Apache Kafka,", "apt-get install maven"
	}
	return "", ""
}

func newCluster(t testing.TB, b *brokers) *Cluster {
	return &Cluster{t: t, brokers: b, bootstrap: b.listeners(plaintext)}
}

// Bootstrap returns the addresses of the brokers: that of broker i, whose node ID is i, is the
// ith. With KAFKAIO_TEST_BROKERS it is that list.
func (c *Cluster) Bootstrap() []string { return c.bootstrap }

// LogDir returns the directory of the segments of a partition on broker i.
func (c *Cluster) LogDir(i int, topic string, partition int32) string {
	c.t.Helper()
	c.requireOwn()
	return filepath.Join(c.brokers.all[i].dataDir(), fmt.Sprintf("%s-%d", topic, partition))
}

// BootstrapOf is Bootstrap for one of Options.Protocols.
func (c *Cluster) BootstrapOf(protocol string) []string {
	c.t.Helper()
	c.requireOwn()
	return c.brokers.listeners(protocol)
}

// Kill ends broker i at once, in the midst of what it does, and returns when it has ended.
func (c *Cluster) Kill(i int) {
	c.t.Helper()
	c.requireOwn()
	c.brokers.kill(i)
}

// Stop ends broker i in order and returns when it has ended.
func (c *Cluster) Stop(i int) {
	c.t.Helper()
	c.requireOwn()
	c.brokers.stop(i)
}

// Restart starts broker i anew, after ending it in order if it runs, and returns when all running
// brokers know of each other.
func (c *Cluster) Restart(i int) {
	c.t.Helper()
	c.requireOwn()
	if err := c.brokers.restart(i); err != nil {
		c.t.Fatalf("kafkatest: restarting: %v", err)
	}
}

// Freeze stops broker i in the midst of what it does, as SIGSTOP does: its connections stay, and it is silent.
func (c *Cluster) Freeze(i int) {
	c.t.Helper()
	c.requireOwn()
	if err := c.brokers.freeze(i, true); err != nil {
		c.t.Fatalf("kafkatest: freezing: %v", err)
	}
}

// Thaw has a frozen broker go on.
func (c *Cluster) Thaw(i int) {
	c.t.Helper()
	c.requireOwn()
	if err := c.brokers.freeze(i, false); err != nil {
		c.t.Fatalf("kafkatest: thawing: %v", err)
	}
}

func (c *Cluster) requireOwn() {
	c.t.Helper()
	if c.brokers == nil {
		require.Missing(c.t, "a broker that a test may configure and stop", "unset "+brokersEnv)
	}
}
