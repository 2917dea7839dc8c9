// Package kafkatopic creates the topics of tests. It builds for wasm, unlike package kafkatest.
package kafkatopic

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// deleteTimeout bounds deleting a topic, for which a test's own time may be over.
const deleteTimeout = 10 * time.Second

// Create creates a topic of a test's own, with as many replicas as the brokers give by default, and
// returns its name, which starts with prefix. The topic is deleted when the test ends, unless the
// test has.
func Create(ctx context.Context, t testing.TB, c *kgo.Client, prefix string, partitions int32, configs map[string]*string) (name string) {
	t.Helper()
	name = prefix + "-" + strconv.FormatUint(rand.Uint64(), 36)
	admin := kadm.NewClient(c)
	if _, err := admin.CreateTopic(ctx, partitions, -1, configs, name); err != nil {
		t.Fatalf("create %s: %v", name, err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), deleteTimeout)
		defer cancel()
		if _, err := admin.DeleteTopic(ctx, name); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
			t.Logf("delete %s: %v", name, err)
		}
	})
	return name
}
