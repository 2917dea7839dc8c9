package bridge_test

import (
	"encoding/binary"
	"net"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// mute is a broker that reads requests and answers none.
func mute(c net.Conn) {
	for {
		if _, err := readFrame(c); err != nil {
			return
		}
	}
}

// withPolicy returns a Config that lets everybody read the topics orders*.
func withPolicy(t *testing.T) bridge.Config {
	return bridge.Config{
		Policies: []bridge.Policy{{Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: []string{"orders*"}}},
		Dial:     newBrokers(t, mute).dial,
	}
}

// TestPolicyHoldsForBothSubprotocols has a client produce, twice: its answer comes from the bridge.
func TestPolicyHoldsForBothSubprotocols(t *testing.T) {
	produce := kmsg.NewPtrProduceRequest()
	produce.Version, produce.Acks = 8, 1
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic = "orders"
	topic.Partitions = append(topic.Partitions, kmsg.NewProduceRequestTopicPartition())
	produce.Topics = append(produce.Topics, topic)
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		inVirtualTime(t, 0, withPolicy, func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			answers := &pipeReader{pipe: p}
			for id := range int32(2) {
				if err := p.send(kmsg.NewRequestFormatter().AppendRequest(nil, produce, id)); err != nil {
					t.Fatal(err)
				}
				answer, err := readFrame(answers)
				if err != nil {
					t.Fatal(err)
				}
				response := kmsg.NewPtrProduceResponse()
				response.Version = produce.Version
				r := kbin.Reader{Src: answer}
				if got := r.Int32(); got != id {
					t.Errorf("correlation id %d, want %d", got, id)
				}
				if err := response.ReadFrom(r.Src); err != nil {
					t.Fatal(err)
				}
				if code := response.Topics[0].Partitions[0].ErrorCode; code != kerr.TopicAuthorizationFailed.Code {
					t.Errorf("error %d", code)
				}
			}
		})
	})
}

func TestPolicyRefusesWhatItCannotLookInto(t *testing.T) {
	garbage := request(metadataKey, 1, 1, 4)
	binary.BigEndian.PutUint32(garbage[4+8+3:], 1<<30) // topics
	for name, row := range map[string]struct {
		send   []byte
		code   int
		reason string
	}{
		"TLS":        {[]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 4403, "denied: this bridge has a policy, and can't look into TLS"},
		"Garbage":    {garbage, 4403, "denied: "},
		"UnknownAPI": {request(1000, 0, 1, 4), 4403, "denied: "},
		"TooLarge":   {request(metadataKey, 1, 1, 2<<20)[:100], 4413, "frame: a request Metadata of "},
	} {
		t.Run(name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				inVirtualTime(t, 0, withPolicy, func(t *testing.T, v *virtual) {
					p := v.pipe(t, subprotocol, 1<<20)
					if err := p.send(row.send); err != nil {
						t.Fatal(err)
					}
					if code, reason := p.end(); code != row.code || !strings.HasPrefix(reason, row.reason) {
						t.Errorf("closed with %d %q, want %d %q", code, reason, row.code, row.reason)
					}
				})
			})
		})
	}
}

// TestDenialsBehindAnAnswerAreBounded has many streams with one request that the broker never answers, and
// denied ones behind it, whose answers take 15 MiB in all.
func TestDenialsBehindAnAnswerAreBounded(t *testing.T) {
	const streams, memory = 64, 8 << 20
	config := func(t *testing.T) bridge.Config {
		c := withPolicy(t)
		c.MaxMemory = memory
		return c
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		openMany(t, c, streams, 1<<20, memoryBroker)
		before := hostile.ReadMemory()
		allowed := kmsg.NewPtrMetadataRequest()
		allowed.Version, allowed.Topics = 8, []kmsg.MetadataRequestTopic{}
		f := kmsg.NewRequestFormatter()
		first := f.AppendRequest(nil, allowed, 1)
		denied := kmsg.NewPtrMetadataRequest()
		denied.Version = 8
		for range 500 {
			topic := kmsg.NewMetadataRequestTopic()
			topic.Topic = kmsg.StringPtr("secret-" + strings.Repeat("x", 200))
			denied.Topics = append(denied.Topics, topic)
		}
		more := f.AppendRequest(nil, denied, 2)
		for id := uint32(1); id <= streams; id++ {
			send(t, c, hostile.Data(id, first))
			send(t, c, hostile.Data(id, more), hostile.Data(id, more))
		}
		mustAnswerPing(t, c)
		mustHold(t, "denials behind answers", hostile.ReadMemory().Since(before), memory)
	})
}

func TestSetPoliciesWantsABridgeWithPolicies(t *testing.T) {
	without, err := bridge.New(bridge.Config{Brokers: []string{"broker"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := without.SetPolicies(nil); err == nil || !strings.Contains(err.Error(), "set Config.Policies") {
		t.Error(err)
	}
	if _, err := bridge.New(bridge.Config{Brokers: []string{"broker"}, Policies: []bridge.Policy{{Allow: []string{"everything"}}}}); err == nil {
		t.Error("a policy that makes no sense is taken")
	}
	with, err := bridge.New(bridge.Config{Brokers: []string{"broker"}, Policies: []bridge.Policy{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := with.SetPolicies([]bridge.Policy{{Allow: []string{"everything"}}}); err == nil || !strings.HasPrefix(err.Error(), "bridge: ") {
		t.Error(err)
	}
}
