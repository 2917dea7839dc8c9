package stack

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// topics writes to the brokers for tests.
type topics struct{ brokers []string }

// A Topic is what a test may choose of one.
type Topic struct {
	Name       string            `json:"name"`
	Partitions int32             `json:"partitions"`
	Configs    map[string]string `json:"configs"`
}

// Records are written to a topic, in the order in which they are, and each in a batch of its own unless Together is set.
type Records struct {
	Topic       string   `json:"topic"`
	Transaction string   `json:"transaction"` // "commit", "abort" or "leave", which leaves it open; empty: none
	Compression string   `json:"compression"` // as kgo names it; empty: as kgo likes
	Together    bool     `json:"together"`
	Records     []Record `json:"records"`
}

// A Record is what a test may choose of one.
type Record struct {
	Partition int32        `json:"partition"`
	Key       *string      `json:"key"`
	Value     *string      `json:"value"`
	Base64    bool         `json:"base64"` // Key, Value and the values of Headers are in base64
	Times     int          `json:"times"`  // how often the value is repeated; 0: once
	Headers   [][2]*string `json:"headers"`
	Timestamp int64        `json:"timestamp"` // milliseconds; 0: now
}

// largest is what a batch may have before it is compressed.
const largest = 96 << 20

var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func (s topics) clusterID(ctx context.Context) (id string, err error) {
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{}
	err = s.with(func(cl *kgo.Client) error {
		resp, err := req.RequestWith(ctx, cl)
		if err == nil && resp.ClusterID != nil {
			id = *resp.ClusterID
		}
		return err
	})
	return id, err
}

func (s topics) create(ctx context.Context, t Topic) error {
	req := kmsg.NewPtrCreateTopicsRequest()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = t.Name, t.Partitions, 1
	for name, value := range t.Configs {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = name, &value
		topic.Configs = append(topic.Configs, config)
	}
	req.Topics = append(req.Topics, topic)
	return s.with(func(cl *kgo.Client) error {
		for {
			resp, err := req.RequestWith(ctx, cl)
			if err != nil {
				return err
			}
			err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
			// The controller fences a broker that was frozen, or slow, until it has heard from it again.
			if !errors.Is(err, kerr.InvalidReplicationFactor) || !again(ctx) {
				return err
			}
		}
	})
}

// again waits until something may be tried again, and reports false if there is no time left for that.
func again(ctx context.Context) bool {
	select {
	case <-time.After(100 * time.Millisecond):
		return true
	case <-ctx.Done():
		return false
	}
}

func (s topics) write(ctx context.Context, r Records) error {
	options := []kgo.Opt{
		kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(largest),
		kgo.UnknownTopicRetries(-1), // a broker may know a topic later than the one that has created it says
	}
	if r.Transaction != "" {
		options = append(options, kgo.TransactionalID("stack of "+r.Topic))
	}
	if codec, ok := codecs[r.Compression]; ok {
		options = append(options, kgo.ProducerBatchCompression(codec))
	}
	return s.with(func(cl *kgo.Client) error {
		if r.Transaction == "" {
			return produce(ctx, cl, r)
		}
		if err := cl.BeginTransaction(); err != nil {
			return err
		}
		err := produce(ctx, cl, r)
		if r.Transaction == "leave" {
			return err
		}
		return errors.Join(err, cl.EndTransaction(ctx, kgo.TransactionEndTry(r.Transaction == "commit")))
	}, options...)
}

func produce(ctx context.Context, cl *kgo.Client, r Records) error {
	var all []*kgo.Record
	for _, record := range r.Records {
		one, err := record.kafka(r.Topic)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	if r.Together {
		return cl.ProduceSync(ctx, all...).FirstErr()
	}
	for _, one := range all {
		if err := cl.ProduceSync(ctx, one).FirstErr(); err != nil {
			return err
		}
	}
	return nil
}

func (r Record) kafka(topic string) (*kgo.Record, error) {
	var errs error
	decode := func(s *string) []byte {
		if s == nil || !r.Base64 {
			return bytesOf(s)
		}
		b, err := base64.StdEncoding.DecodeString(*s)
		errs = errors.Join(errs, err)
		return b
	}
	k := &kgo.Record{Topic: topic, Partition: r.Partition, Key: decode(r.Key), Value: decode(r.Value)}
	if r.Times > 1 {
		k.Value = bytes.Repeat(k.Value, r.Times)
	}
	for _, h := range r.Headers {
		k.Headers = append(k.Headers, kgo.RecordHeader{Key: string(bytesOf(h[0])), Value: decode(h[1])})
	}
	if r.Timestamp != 0 {
		k.Timestamp = time.UnixMilli(r.Timestamp)
	}
	return k, errs
}

func bytesOf(s *string) []byte {
	if s == nil {
		return nil
	}
	return []byte(*s)
}

func (s topics) with(do func(*kgo.Client) error, options ...kgo.Opt) error {
	cl, err := kgo.NewClient(append(options, kgo.SeedBrokers(s.brokers...))...)
	if err != nil {
		return err
	}
	defer cl.Close()
	return do(cl)
}

// handler answers a test that wants something done.
func handler[T any](t *testing.T, do func(context.Context, T) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var what T
		err := json.NewDecoder(r.Body).Decode(&what)
		if err == nil {
			err = do(r.Context(), what)
		}
		if err != nil {
			t.Errorf("%s: %v", r.URL.Path, err)
			http.Error(w, fmt.Sprint(err), http.StatusInternalServerError)
		}
	}
}
