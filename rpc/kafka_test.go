package rpc_test

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/kafkatopic"
	"github.com/kafkaio/kafkaio/rpc"
)

func dial(t *testing.T, addr string) *core.Pipeline {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	p := core.NewPipeline(core.NewConn(c, core.Options{Addr: addr}), core.PipelineOptions{})
	t.Cleanup(func() { p.Close() })
	return p
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestExchangesWithKfake(t *testing.T) {
	testExchanges(t, fakekafka.StartTest(t).ListenAddrs()[0])
}

func TestApacheKafka(t *testing.T) {
	cluster := kafkatest.Start(t, kafkatest.Options{
		Brokers:   1,
		Protocols: []string{"SASL_PLAINTEXT"},
		Properties: map[string]string{
			"sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
			"listener.name.sasl_plaintext.plain.sasl.jaas.config": `org.apache.kafka.common.security.plain.PlainLoginModule required ` +
				`user_alice="wonderland";`,
			"listener.name.sasl_plaintext.scram-sha-256.sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
			"listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
			"connections.max.reauth.ms":                                   "60000",
		},
	})
	t.Run("exchanges", func(t *testing.T) { testExchanges(t, cluster.Bootstrap()[0]) })
	addSCRAM(t, cluster.Bootstrap()[0], "alice", "wonderland")
	addr := cluster.BootstrapOf("SASL_PLAINTEXT")[0]
	for name, mechanism := range map[string]func(pass string) sasl.Mechanism{
		"PLAIN":         func(pass string) sasl.Mechanism { return plain.Auth{User: "alice", Pass: pass}.AsMechanism() },
		"SCRAM-SHA-256": func(pass string) sasl.Mechanism { return scram.Auth{User: "alice", Pass: pass}.AsSha256Mechanism() },
		"SCRAM-SHA-512": func(pass string) sasl.Mechanism { return scram.Auth{User: "alice", Pass: pass}.AsSha512Mechanism() },
	} {
		t.Run(name, func(t *testing.T) { testSASL(t, addr, mechanism) })
	}
	t.Run("no such mechanism", func(t *testing.T) {
		_, err := rpc.Authenticate(bounded(t), dial(t, addr), &steps{messages: []string{"token"}})
		var e *rpc.SASLError
		if !errors.As(err, &e) || !errors.Is(err, kerr.UnsupportedSaslMechanism) {
			t.Fatal(err)
		}
		t.Log(err)
	})
	t.Run("no authentication", func(t *testing.T) {
		if _, err := rpc.Do(bounded(t), dial(t, addr), kmsg.NewPtrMetadataRequest()); !errors.Is(err, core.ErrNoConnection) {
			t.Fatal(err)
		}
	})
}

func testSASL(t *testing.T, addr string, mechanism func(pass string) sasl.Mechanism) {
	ctx, p := bounded(t), dial(t, addr)
	for range 2 { // the second time with others that ask
		lifetime, err := rpc.Authenticate(ctx, p, mechanism("wonderland"))
		if err != nil || lifetime <= 0 || lifetime > time.Minute {
			t.Fatal(lifetime, err)
		}
		var callers sync.WaitGroup
		defer callers.Wait()
		for range 10 {
			callers.Go(func() {
				resp, err := kmsg.NewPtrMetadataRequest().RequestWith(ctx, rpc.On(p))
				if err != nil || len(resp.Brokers) != 1 {
					t.Error(err)
				}
			})
		}
	}

	impostor := dial(t, addr)
	_, err := rpc.Authenticate(ctx, impostor, mechanism("looking-glass"))
	var e *rpc.SASLError
	if !errors.As(err, &e) || !errors.Is(err, kerr.SaslAuthenticationFailed) || e.Message == "" {
		t.Fatal(err)
	}
	t.Log(err)
	if _, err := rpc.Do(ctx, impostor, kmsg.NewPtrMetadataRequest()); !errors.Is(err, core.ErrNoConnection) {
		t.Fatal(err)
	}
}

// addSCRAM adds a user for both SCRAM mechanisms.
func addSCRAM(t *testing.T, addr, user, pass string) {
	t.Helper()
	const iterations = 4096
	salt := []byte("a pinch of salt.")
	p := dial(t, addr)
	for mechanism, hash := range map[int8]func() hash.Hash{1: sha256.New, 2: sha512.New} { // KIP-554
		salted, err := pbkdf2.Key(hash, pass, salt, iterations, hash().Size())
		if err != nil {
			t.Fatal(err)
		}
		alter := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
		alter.Upsertions = []kmsg.AlterUserSCRAMCredentialsRequestUpsertion{{
			Name: user, Mechanism: mechanism, Iterations: iterations, Salt: salt, SaltedPassword: salted,
		}}
		resp, err := alter.RequestWith(bounded(t), rpc.On(p))
		if err == nil {
			err = kerr.ErrorForCode(resp.Results[0].ErrorCode)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// testExchanges creates a topic, produces with and without acks, and fetches.
func testExchanges(t *testing.T, addr string) {
	ctx, p := bounded(t), dial(t, addr)
	broker := rpc.On(p)
	const topic = "exchanges"
	create := kmsg.NewPtrCreateTopicsRequest()
	newTopic := kmsg.NewCreateTopicsRequestTopic()
	newTopic.Topic, newTopic.NumPartitions, newTopic.ReplicationFactor = topic, 1, 1
	create.Topics = append(create.Topics, newTopic)
	created, err := create.RequestWith(ctx, broker)
	if err == nil {
		err = kerr.ErrorForCode(created.Topics[0].ErrorCode)
	}
	if err == nil {
		err = kafkatopic.Await(ctx, broker, topic)
	}
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := func(resp kmsg.Response) error {
		return kerr.ErrorForCode(resp.(*kmsg.ProduceResponse).Topics[0].Partitions[0].ErrorCode)
	}
	for i, acks := range []int16{1, 0, 1} {
		produce := kmsg.NewPtrProduceRequest()
		produce.Acks, produce.TimeoutMillis = acks, 60_000
		partition := kmsg.NewProduceRequestTopicPartition()
		partition.Records = recordBatch("hello")
		to := kmsg.NewProduceRequestTopic()
		to.Topic, to.Partitions = topic, append(to.Partitions, partition)
		produce.Topics = append(produce.Topics, to)
		resp, err := rpc.Do(ctx, p, rpc.AtMost(12, produce)) // by the topic's name
		for i == 0 && err == nil && kerr.IsRetriable(acknowledged(resp)) {
			// The partition has no leader yet.
			resp, err = rpc.Do(ctx, p, rpc.AtMost(12, produce))
		}
		if err == nil && acks != 0 {
			err = acknowledged(resp)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	fetch := kmsg.NewPtrFetchRequest()
	fetch.MaxWaitMillis = 1000
	from := kmsg.NewFetchRequestTopic()
	from.Topic = topic
	partition := kmsg.NewFetchRequestTopicPartition()
	partition.PartitionMaxBytes = 1 << 20
	from.Partitions = append(from.Partitions, partition)
	fetch.Topics = append(fetch.Topics, from)
	resp, err := rpc.Do(ctx, p, rpc.AtMost(12, fetch))
	if err != nil {
		t.Fatal(err)
	}
	fetched := resp.(*kmsg.FetchResponse).Topics[0].Partitions[0]
	if err := kerr.ErrorForCode(fetched.ErrorCode); err != nil || fetched.HighWatermark != 3 {
		t.Fatalf("%d records, %v", fetched.HighWatermark, err)
	}
}

// recordBatch encodes a batch of one record.
func recordBatch(value string) []byte {
	record := kmsg.Record{Value: []byte(value)}
	record.Length = int32(len(record.AppendTo(nil)) - 1)
	encoded := record.AppendTo(nil)
	batch := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1,
		Magic:                2,
		ProducerID:           -1,
		ProducerEpoch:        -1,
		FirstSequence:        -1,
		FirstTimestamp:       time.Now().UnixMilli(),
		MaxTimestamp:         time.Now().UnixMilli(),
		NumRecords:           1,
		Records:              encoded,
	}
	batch.Length = int32(len(batch.AppendTo(nil)) - 12)
	b := batch.AppendTo(nil)
	binary.BigEndian.PutUint32(b[17:], crc32.Checksum(b[21:], crc32.MakeTable(crc32.Castagnoli)))
	return b
}
