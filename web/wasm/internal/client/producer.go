package client

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A way is how records are produced. franz-go takes it per client.
type way struct {
	Acks            string `json:"acks"`
	Idempotent      bool   `json:"idempotent"`
	Compression     string `json:"compression"`
	MaxMessageBytes int32  `json:"maxMessageBytes"` // of a record or a batch of them, before compression
}

var acksOf = map[string]kgo.Acks{"all": kgo.AllISRAcks(), "leader": kgo.LeaderAck(), "none": kgo.NoAck()}

var compressionOf = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

const (
	// maxUnsentBytes bounds the records that wait to be sent. Handing over a further one waits.
	maxUnsentBytes = 16 << 20
	// unknownTopicRetries are those of the question for a topic that isn't there, and of records that a leader refuses
	// because it doesn't know their partition: it may just have been made. For a client's first unknown topic franz-go
	// asks the brokers every 250 ms, so that produce fails after 2 s; for others once in metadataAge, for about 8 s, as
	// it asks leaders.
	unknownTopicRetries = 8
	metadataAge         = time.Second
	// produceVersion is the highest whose requests have the names of topics, which sent reads.
	produceVersion = 12
)

func (w way) options() []kgo.Opt {
	versions := kversion.Stable()
	versions.SetMaxKeyVersion(0, produceVersion)
	options := []kgo.Opt{
		kgo.RequiredAcks(acksOf[w.Acks]),
		kgo.ProducerBatchCompression(compressionOf[w.Compression]),
		kgo.ProducerBatchMaxBytes(w.MaxMessageBytes),
		kgo.MaxBufferedBytes(max(maxUnsentBytes, 2*int(w.MaxMessageBytes))),
		kgo.UnknownTopicRetries(unknownTopicRetries),
		kgo.MetadataMinAge(metadataAge),
		kgo.RecordPartitioner(partitioner{}),
		kgo.MaxVersions(versions),
	}
	if !w.Idempotent {
		options = append(options, kgo.DisableIdempotentWrite())
	}
	return options
}

// A producer sends records one way. Its connections are its own.
type producer struct {
	way    way
	kafka  *kgo.Client
	sent   sent
	routes routes
	remade remade
	users  int // calls that use it; guarded by producers
}

// maxIdleProducers bounds the producers that nobody uses.
const maxIdleProducers = 4

// producers are those of a client, each made when it is first wanted.
type producers struct {
	open func(w way, p *producer) (*kgo.Client, error)

	mu     sync.Mutex
	all    []*producer // the last used at the end
	closed bool
}

// openProducer makes the client of a producer, which ends with ctx.
func (c *client) openProducer(ctx context.Context) func(way, *producer) (*kgo.Client, error) {
	return func(w way, p *producer) (*kgo.Client, error) {
		return c.newKafka(ctx, append(w.options(), kgo.Dialer(c.dialNoting(&p.sent)), kgo.WithHooks(&p.routes))...)
	}
}

// take returns the producer for a way, until release.
func (ps *producers) take(w way) (*producer, error) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if ps.closed {
		return nil, &port.Error{Code: codeClosed, Message: "the client is closed"}
	}
	i := slices.IndexFunc(ps.all, func(p *producer) bool { return p.way == w })
	if i < 0 {
		p := &producer{way: w}
		var err error
		if p.kafka, err = ps.open(w, p); err != nil {
			return nil, err
		}
		i = len(ps.all)
		ps.all = append(ps.all, p)
	}
	p := ps.all[i]
	p.users++
	ps.all = append(slices.Delete(ps.all, i, i+1), p)
	return p, nil
}

// release ends the use of a producer. Of those that nobody uses, the ones that were used last are kept.
func (ps *producers) release(p *producer) {
	ps.mu.Lock()
	p.users--
	var ended []*producer
	idle := 0
	for i := len(ps.all) - 1; i >= 0; i-- {
		if ps.all[i].users > 0 {
			continue
		}
		if idle++; idle > maxIdleProducers {
			ended = append(ended, ps.all[i])
			ps.all = slices.Delete(ps.all, i, i+1)
		}
	}
	ps.mu.Unlock()
	for _, p := range ended {
		p.kafka.Close()
	}
}

// close ends all producers: what they have not sent fails.
func (ps *producers) close() {
	ps.mu.Lock()
	ps.closed = true
	all := ps.all
	ps.mu.Unlock()
	for _, p := range all {
		p.kafka.Close()
	}
}
