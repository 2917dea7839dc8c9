package ping_test

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/leak"
	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestMain(m *testing.M) {
	names := startNameServer()
	code := m.Run()
	names.end()
	if err := leak.Find(); code == 0 && err != nil {
		fmt.Fprintf(os.Stderr, "goleak: %v\n", err)
		code = 1
	}
	os.Exit(code)
}

// cluster starts a cluster whose brokers answer.
func cluster(t *testing.T, brokers int, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append(options, kfake.NumBrokers(brokers), kfake.ClusterID("test"))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// at returns a broker of a Metadata response.
func at(id int32, host string, port int32) kmsg.MetadataResponseBroker {
	b := kmsg.NewMetadataResponseBroker()
	b.NodeID, b.Host, b.Port = id, host, port
	return b
}

// advertising returns the address of a broker that advertises these.
func advertising(t *testing.T, brokers ...kmsg.MetadataResponseBroker) string {
	t.Helper()
	c := cluster(t, 1)
	advertise(c, brokers...)
	return c.ListenAddrs()[0]
}

// advertise makes a cluster advertise these brokers.
func advertise(c *kfake.Cluster, brokers ...kmsg.MetadataResponseBroker) {
	answer(c, kmsg.Metadata, func(request kmsg.Request) (kmsg.Response, error) {
		response := request.ResponseKind().(*kmsg.MetadataResponse)
		response.ClusterID = kmsg.StringPtr("test")
		response.Brokers = brokers
		return response, nil
	})
}

// answer replaces a cluster's answers to one kind of request. If with returns neither a response nor an
// error, the cluster stays silent; on an error it closes the connection.
func answer(c *kfake.Cluster, key kmsg.Key, with func(kmsg.Request) (kmsg.Response, error)) {
	c.ControlKey(key.Int16(), func(request kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		response, err := with(request)
		return response, err, true
	})
}

// hangsUp reads the first message and closes the connection.
func hangsUp(c net.Conn) { c.Read(make([]byte, 64<<10)) }

// saysSecurely returns a server that answers with text, over TLS.
func saysSecurely(config *tls.Config, text string) func(net.Conn) {
	return func(c net.Conn) { testnet.Says(text)(tls.Server(c, config)) }
}

func portOf(addr string) string { return addr[strings.LastIndex(addr, ":")+1:] }

// blackHole returns an address that never answers an attempt to connect.
func blackHole(t *testing.T) string {
	t.Helper()
	addr := testnet.BlackHole(t)
	if addr == "" {
		require.Missing(t, "a listener whose queue fills", "run it on Linux")
	}
	return addr
}
