package kafkamessage_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
)

// Without flaws, a message of each API and version is one that kmsg reads to its end.
func TestMessagesWithoutFlawsCanBeRead(t *testing.T) {
	names := kafkamessage.Names{
		Topics: []string{"orders"}, Groups: []string{"g"}, TransactionalIDs: []string{"t"}, Members: []string{"m"}, Others: []string{"x"},
		TopicIDs: [][16]byte{{1}}, Bytes: [][]byte{{}, []byte("data")}, Tags: [][]byte{{}, {1, 2}},
	}
	messages := 0
	for _, d := range kafkamessage.Definitions(t) {
		for version := range d.Valid.Highest() + 1 {
			req := kmsg.RequestForKey(d.Key)
			if req == nil || !d.Valid.Has(version) || version > req.MaxVersion() {
				continue
			}
			for seed := range uint64(20) {
				c := kafkamessage.NewChoices(binary.BigEndian.AppendUint64(nil, rand.New(rand.NewPCG(seed, 1)).Uint64()))
				b := d.Append(nil, version, c, &names, 0)
				req.SetVersion(version)
				err := req.ReadFrom(b)
				if d.Type == "response" {
					resp := kmsg.ResponseForKey(d.Key)
					resp.SetVersion(version)
					err = resp.ReadFrom(b)
				}
				if err != nil {
					t.Errorf("%s version %d: %v", d.Name, version, err)
					break
				}
			}
			messages++
		}
	}
	if messages < 500 {
		t.Errorf("only %d messages were read", messages)
	}
}
