package work

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Consume consumes n records of a topic with franz-go, and returns how many a second it got. The time begins when a tenth of
// them have come.
func Consume(addr, topic string, n int, more ...kgo.Opt) (rate float64, err error) {
	client, err := kgo.NewClient(append(more, kgo.SeedBrokers(addr), kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))...)
	if err != nil {
		return 0, err
	}
	defer client.Close()
	var begin time.Time
	first, count, bytes := 0, 0, 0
	for count < n {
		fetches := client.PollFetches(context.Background())
		if err := fetches.Err(); err != nil {
			return 0, err
		}
		fetches.EachRecord(func(r *kgo.Record) {
			count++
			bytes += len(r.Value)
		})
		if first == 0 && count >= n/10 {
			first, begin = count, time.Now()
		}
	}
	return float64(count-first) / time.Since(begin).Seconds(), nil
}
