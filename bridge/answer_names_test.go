package bridge_test

import (
	"encoding/binary"
	"net"
	"testing"

	"github.com/twmb/franz-go/pkg/kbin"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
)

// answersOffsets is a broker that answers an OffsetFetch of version 10 with a topic by its id, and closes on all else.
func answersOffsets(c net.Conn) {
	for {
		request, err := readFrame(c)
		if err != nil || kmsg.Key(binary.BigEndian.Uint16(request)) != kmsg.OffsetFetch {
			return
		}
		answer := kmsg.NewPtrOffsetFetchResponse()
		answer.Version = 10
		group := kmsg.NewOffsetFetchResponseGroup()
		group.Group = "g"
		topic := kmsg.NewOffsetFetchResponseGroupTopic()
		topic.TopicID = [16]byte{1}
		group.Topics = append(group.Topics, topic)
		answer.Groups = append(answer.Groups, group)
		if _, err := c.Write(response(int32(binary.BigEndian.Uint32(request[4:])), answer.AppendTo([]byte{0}))); err != nil {
			return
		}
	}
}

// The request has more bytes than the answer, and is parsed no more when the bridge asks for the name that only the
// answer needs.
func TestAnAnswerWaitsForNamesOfTopics(t *testing.T) {
	config := func(t *testing.T) bridge.Config {
		c := withPolicy(t)
		c.Policies[0].ConsumerGroups.See = []string{"*"}
		c.Dial = newBrokers(t, answersOffsets).dial
		return c
	}
	request := kmsg.NewPtrOffsetFetchRequest()
	request.Version = 10
	for _, name := range []string{"g", "another group, so that the request is longer"} {
		group := kmsg.NewOffsetFetchRequestGroup()
		group.Group = name
		request.Groups = append(request.Groups, group)
	}
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			if err := p.send(kmsg.NewRequestFormatter().AppendRequest(nil, request, 7)); err != nil {
				t.Fatal(err)
			}
			answer, err := readFrame(&pipeReader{pipe: p})
			if err != nil {
				t.Fatal(err)
			}
			r := kbin.Reader{Src: answer}
			id, _ := r.Int32(), r.Uvarint()
			got := kmsg.NewPtrOffsetFetchResponse()
			got.Version = 10
			if err := got.ReadFrom(r.Src); err != nil || id != 7 || len(got.Groups) != 1 || len(got.Groups[0].Topics) != 0 {
				t.Errorf("%d: %+v, %v", id, got, err)
			}
		})
	})
}
