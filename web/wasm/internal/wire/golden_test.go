package wire

import (
	"flag"
	"os"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

var update = flag.Bool("update", false, "write the texts in testdata anew")

// The files are for people to read: they show what Decode makes of a frame.
func TestGolden(t *testing.T) {
	for name, frame := range map[string]struct {
		key, version int16
		request      bool
		bytes        []byte
	}{
		"produce":        {0, 13, true, produceFrame()},
		"fetch, cut":     {1, 11, false, fetchFrame()[:240]},
		"join a group":   {11, 5, true, joinFrame()},
		"set a password": {51, 0, true, passwordFrame()},
	} {
		file := "testdata/" + name + ".txt"
		got := text(Decode(frame.key, frame.version, frame.request, frame.bytes))
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is different; -update writes it:\n%s", file, got)
		}
	}
}

var formatter = kmsg.NewRequestFormatter(kmsg.FormatterClientID("a client"))

func produceFrame() []byte {
	r := kmsg.NewPtrProduceRequest()
	r.Version, r.Acks = 13, -1
	r.Topics = []kmsg.ProduceRequestTopic{{
		TopicID:    [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
		Partitions: []kmsg.ProduceRequestTopicPartition{{Partition: 3, Records: aBatch(0)}},
	}}
	return formatter.AppendRequest(nil, r, 1)
}

// fetchFrame has a batch that is compressed and one that isn't.
func fetchFrame() []byte {
	r := kmsg.NewPtrFetchResponse()
	r.Version = 11
	r.Topics = []kmsg.FetchResponseTopic{{
		Topic:      "orders",
		Partitions: []kmsg.FetchResponseTopicPartition{{HighWatermark: 44, LastStableOffset: 44, RecordBatches: append(aBatch(4), aBatch(0)...)}},
	}}
	return withSize(r.AppendTo([]byte{0, 0, 0, 0, 0, 0, 0, 2}))
}

func joinFrame() []byte {
	r := kmsg.NewPtrJoinGroupRequest()
	r.Version, r.Group, r.ProtocolType = 5, "readers", "consumer"
	r.Protocols = []kmsg.JoinGroupRequestProtocol{{Name: "range", Metadata: aMetadata()}, {Name: "ours", Metadata: []byte("as we like")}}
	return formatter.AppendRequest(nil, r, 3)
}

func passwordFrame() []byte {
	r := kmsg.NewPtrAlterUserSCRAMCredentialsRequest()
	r.Upsertions = []kmsg.AlterUserSCRAMCredentialsRequestUpsertion{
		{Name: "alice", Mechanism: 1, Iterations: 4096, Salt: []byte(secret), SaltedPassword: []byte(secret)},
	}
	return formatter.AppendRequest(nil, r, 4)
}
