package kafkatest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/require"
)

// brokersEnv names a cluster to test with instead of one that is started.
const brokersEnv = "KAFKAIO_TEST_BROKERS"

// given is the cluster of KAFKAIO_TEST_BROKERS, or nil.
func given(t testing.TB, o Options) *Cluster {
	t.Helper()
	list := os.Getenv(brokersEnv)
	if list == "" {
		return nil
	}
	if len(o.Properties) > 0 || len(o.Protocols) > 0 || len(o.JavaOptions) > 0 {
		require.Missing(t, "a broker with properties or listeners of its own", "unset "+brokersEnv)
	}
	c := &Cluster{t: t, bootstrap: strings.Split(list, ",")}
	client, err := kgo.NewClient(kgo.SeedBrokers(c.bootstrap...))
	if err != nil {
		t.Fatalf("kafkatest: %s=%s: %v", brokersEnv, list, err)
	}
	defer client.Close()
	n, err := brokerCount(context.Background(), client)
	if err != nil {
		t.Fatalf("kafkatest: %s=%s: %v", brokersEnv, list, err)
	}
	if n < o.Brokers {
		require.Missing(t, fmt.Sprintf("a cluster of %d brokers", o.Brokers), "unset "+brokersEnv+", which has "+fmt.Sprint(n))
	}
	return c
}
