package bridge

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/kafkaio/kafkaio/internal/printable"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// hostileAnswers are bodies of as many bytes as an answer may have.
func hostileAnswers() map[string][]byte {
	zeros := make([]byte, maxAnswer-8)
	count := func(n, minimum int) []byte {
		b := bytes.Clone(zeros)
		binary.BigEndian.PutUint32(b, uint32((n-4)/minimum))
		return b
	}
	topics := bytes.Clone(zeros) // no broker, a controller, topics
	binary.BigEndian.PutUint32(topics[8:], uint32((len(zeros)-12)/9))
	partitions := bytes.Clone(zeros) // one topic with partitions
	binary.BigEndian.PutUint32(partitions[8:], 1)
	binary.BigEndian.PutUint32(partitions[17:], uint32((len(zeros)-21)/18))
	return map[string][]byte{
		"brokers without names":   count(len(zeros), 12),
		"more brokers than bytes": count(len(zeros), 1),
		"brokers to the last":     count(len(zeros), 11),
		"topics":                  topics,
		"partitions":              partitions,
	}
}

func TestHostileAnswerCostsLittle(t *testing.T) {
	for name, body := range hostileAnswers() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := parseAnswer(body)
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %d brokers, %d odd, %d over, %v; %d KiB", name, len(a.brokers), a.odd, a.over, err, allocated>>10)
		if allocated > 32<<20 {
			t.Errorf("%s: %d bytes were allocated for an answer of %d", name, allocated, len(body))
		}
		if len(a.brokers)+a.odd > maxBrokers {
			t.Errorf("%s: %d brokers were taken", name, len(a.brokers)+a.odd)
		}
	}
}

func TestBrokersThatMakeNoSenseTakeOneLogLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := &fakeNet{log: slog.New(slog.NewTextHandler(&log, nil)), cluster: []string{"192.0.2.2:9092"}}
		defer f.close()
		for range maxBrokers + 4 {
			f.cluster = append(f.cluster, "evil\u202e\nname:9092")
		}
		ts := f.targets(t, at1)
		if _, refusal := ts.connect(t.Context(), tunnel.Open{Target: "192.0.2.2:9092"}, nobody); refusal != nil {
			t.Error(refusal) // the broker before them is good
		}
		synctest.Wait()
		got := log.String()
		if lines := strings.Count(got, "\n"); lines != 1 {
			t.Errorf("%d lines of log:\n%.1000s", lines, got)
		}
		for _, want := range []string{fmt.Sprintf("invalid=%d", maxBrokers-1), "beyond the limit\"=5", "broker 1 advertises", "asked=" + at1} {
			if !strings.Contains(got, want) {
				t.Errorf("the log lacks %s:\n%.1000s", want, got)
			}
		}
	})
}

func TestAnswerOverTheLimitIsNotTaken(t *testing.T) {
	f := &fakeNet{}
	for i := range 1 + maxAnswer/100 {
		f.cluster = append(f.cluster, fmt.Sprintf("broker-%d.%s:9092", i, strings.Repeat("a", 63)+"."+strings.Repeat("b", 63)))
	}
	_, refusal := f.targets(t, at1).connect(t.Context(), tunnel.Open{Target: "second"}, nobody)
	if refusal == nil || refusal.Code != tunnel.CodeUnreachable || !strings.Contains(refusal.Reason, fmt.Sprint("over the ", maxAnswer, " limit")) {
		t.Error(refusal)
	}
}

// FuzzAnswer holds that a broker's answer is bounded and fit for a log.
func FuzzAnswer(f *testing.F) {
	f.Add(metadata("broker:9092", "[::1]:1", ":0", "evil\n:-1"))
	f.Add([]byte{})
	for _, body := range hostileAnswers() {
		f.Add(body[:64])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := parseAnswer(body)
		if err != nil {
			return
		}
		if len(a.brokers)+a.odd > maxBrokers {
			t.Errorf("%d brokers were taken", len(a.brokers)+a.odd)
		}
		for b := range a.brokers {
			if again, err := parseTarget(b.String()); err != nil || again != b {
				t.Errorf("%v is %v, %v when it is read again", b, again, err)
			}
		}
		if text := fmt.Sprint(a.example); text != printable.Text(text) || len(text) > 1000 {
			t.Errorf("the example is %q", text)
		}
	})
}
