package stack

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// A Stored record is as brokers have it. Its bytes are in hex; null where it has none.
type Stored struct {
	Partition int32          `json:"partition"`
	Offset    int64          `json:"offset"`
	Key       *string        `json:"key"`
	Value     *string        `json:"value"`
	Headers   []StoredHeader `json:"headers"`
	Timestamp int64          `json:"timestamp"` // milliseconds
}

type StoredHeader struct {
	Name  string  `json:"name"`
	Value *string `json:"value"`
}

// stored answers with the records of the request's topic, by partition and offset.
func (s topics) stored(w http.ResponseWriter, r *http.Request) {
	all := []Stored{}
	err := s.with(func(cl *kgo.Client) error {
		ends, err := endsOf(r.Context(), cl, r.FormValue("topic"))
		for partition, end := range ends {
			if err == nil && end > 0 {
				all, err = s.readTo(r.Context(), all, r.FormValue("topic"), int32(partition), end)
			}
		}
		return err
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	json.NewEncoder(w).Encode(all)
}

// endsOf returns the end offset of each partition.
func endsOf(ctx context.Context, cl *kgo.Client, name string) ([]int64, error) {
	metadata := kmsg.NewPtrMetadataRequest()
	topic := kmsg.NewMetadataRequestTopic()
	topic.Topic = &name
	metadata.Topics = append(metadata.Topics, topic)
	known, err := metadata.RequestWith(ctx, cl)
	if err != nil {
		return nil, err
	}
	req := kmsg.NewPtrListOffsetsRequest()
	list := kmsg.NewListOffsetsRequestTopic()
	list.Topic = name
	for _, p := range known.Topics[0].Partitions {
		partition := kmsg.NewListOffsetsRequestTopicPartition()
		partition.Partition, partition.Timestamp = p.Partition, -1 // the end
		list.Partitions = append(list.Partitions, partition)
	}
	req.Topics = append(req.Topics, list)
	ends := make([]int64, len(list.Partitions))
	for _, shard := range cl.RequestSharded(ctx, req) {
		if shard.Err != nil {
			return nil, shard.Err
		}
		for _, p := range shard.Resp.(*kmsg.ListOffsetsResponse).Topics[0].Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return nil, err
			}
			ends[p.Partition] = p.Offset
		}
	}
	return ends, nil
}

// readTo appends the records of a partition before its end, whose last offset has to be a record's.
func (s topics) readTo(ctx context.Context, all []Stored, topic string, partition int32, end int64) ([]Stored, error) {
	from := map[string]map[int32]kgo.Offset{topic: {partition: kgo.NewOffset().AtStart()}}
	err := s.with(func(cl *kgo.Client) error {
		for {
			fetches := cl.PollFetches(ctx)
			if err := fetches.Err(); err != nil {
				return err
			}
			for _, r := range fetches.Records() {
				all = append(all, storedOf(r))
				if r.Offset == end-1 {
					return nil
				}
			}
		}
	}, kgo.ConsumePartitions(from))
	return all, err
}

func storedOf(r *kgo.Record) Stored {
	headers := []StoredHeader{}
	for _, h := range r.Headers {
		headers = append(headers, StoredHeader{h.Key, hexOf(h.Value)})
	}
	return Stored{r.Partition, r.Offset, hexOf(r.Key), hexOf(r.Value), headers, r.Timestamp.UnixMilli()}
}

// hexOf tells null from empty.
func hexOf(b []byte) *string {
	if b == nil {
		return nil
	}
	text := hex.EncodeToString(b)
	return &text
}
