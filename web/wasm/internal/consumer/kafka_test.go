//go:build !js

package consumer_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
)

// TestWhatApacheKafkaLostIsReported takes the last two of five records from a broker that is stopped, as if it had
// been chosen for leader without them.
func TestWhatApacheKafkaLostIsReported(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{Brokers: 1})
	w := worldOf(t, cluster.Bootstrap(), 5*time.Minute) // kafkatest gives a restart three
	topic := kafkatopic.Create(w.ctx, t, w.writer, "lost", 1, nil)
	w.write(topic, numbered(5)...)
	r := w.read(map[string]any{"topics": []string{topic}, "from": "earliest"})
	r.values(5)
	cluster.Stop(0)
	shorten(t, filepath.Join(cluster.LogDir(0, topic, 0), "00000000000000000000.log"), 3)
	cluster.Restart(0)
	anew := w.client(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	want := []string{"new 3", "new 4", "new 5"}
	for _, v := range want {
		if err := anew.ProduceSync(w.ctx, &kgo.Record{Topic: topic, Value: []byte(v)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.values(3); !slices.Equal(got, want) {
		t.Errorf("then came %q", got)
	}
	for !strings.Contains(r.report(nil).Error(), "lost the records from offset 3 to 4") {
	}
}

// shorten cuts a segment after so many batches.
func shorten(t *testing.T, segment string, batches int) {
	t.Helper()
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	end := 0
	for range batches {
		end += 12 + int(binary.BigEndian.Uint32(b[end+8:]))
	}
	if end >= len(b) {
		t.Fatalf("%s has %d bytes, and is cut after %d", segment, len(b), end)
	}
	if err := os.Truncate(segment, int64(end)); err != nil {
		t.Fatal(err)
	}
}
