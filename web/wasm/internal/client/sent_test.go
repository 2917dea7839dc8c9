//go:build !js

package client

import (
	"encoding/binary"
	"net"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// frameOf is a request as franz-go writes it.
func frameOf(req kmsg.Request, version int16) []byte {
	req.SetVersion(version)
	return kmsg.NewRequestFormatter(kmsg.FormatterClientID("id")).AppendRequest(nil, req, 1)
}

// producing is a Produce request for a partition.
func producing(topic string, partition int32) kmsg.Request {
	req := kmsg.NewPtrProduceRequest()
	req.Acks = -1
	p := kmsg.NewProduceRequestTopicPartition()
	p.Partition, p.Records = partition, []byte("records")
	t := kmsg.NewProduceRequestTopic()
	t.Topic, t.Partitions = topic, append(t.Partitions, p)
	req.Topics = append(req.Topics, t)
	return req
}

func TestRequestsAreNotedForTheirPartitions(t *testing.T) {
	var s sent
	for version := int16(3); version <= produceVersion; version++ {
		before := s.now()
		s.note(frameOf(producing("t", 1), version))
		for _, test := range []struct {
			topic     string
			partition int32
			want      bool
		}{{"t", 1, true}, {"t", 0, false}, {"u", 1, false}} {
			if got := s.since(before, test.topic, test.partition); got != test.want {
				t.Errorf("version %d: %s %d was sent: %v", version, test.topic, test.partition, got)
			}
		}
		if s.since(s.now(), "t", 1) {
			t.Errorf("version %d: sent before it was", version)
		}
	}
	before, produced := s.now(), s.ofAPI(int16(kmsg.Produce))
	s.note(frameOf(kmsg.NewPtrMetadataRequest(), 1))
	if s.now() != before || s.ofAPI(int16(kmsg.Produce)) != produced || s.ofAPI(int16(kmsg.Metadata)) != 1 {
		t.Error("a request of another API counts as one of Produce")
	}
}

func TestARequestThatCannotBeReadMayBeForAnyPartition(t *testing.T) {
	var s sent
	frame := frameOf(producing("t", 1), produceVersion)
	for cut := versionAt; cut < len(frame); cut++ {
		before := s.now()
		if s.note(frame[:cut]); !s.since(before, "other", 5) {
			t.Errorf("cut at %d it counts for nothing", cut)
		}
	}
}

// An answering conn has what was written answered by the errors of partition 1, in reads of so many bytes.
type answering struct {
	net.Conn
	answers []byte
	piece   int
}

func (a *answering) Write(b []byte) (int, error) { return len(b), nil }

func (a *answering) Read(b []byte) (int, error) {
	n := copy(b[:min(len(b), a.piece)], a.answers)
	a.answers = a.answers[n:]
	return n, nil
}

// answerTo is a broker's answer to a request for partition 1 of t.
func answerTo(id int32, version, errorCode int16) []byte {
	p := kmsg.NewProduceResponseTopicPartition()
	p.Partition, p.ErrorCode = 1, errorCode
	topic := kmsg.NewProduceResponseTopic()
	topic.Topic, topic.Partitions = "t", append(topic.Partitions, p)
	resp := kmsg.NewPtrProduceResponse()
	resp.Version, resp.Topics = version, append(resp.Topics, topic)
	body := binary.BigEndian.AppendUint32(nil, uint32(id))
	if resp.IsFlexible() {
		body = append(body, 0)
	}
	body = resp.AppendTo(body)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

func TestWhatABrokerDeniesIsNotSent(t *testing.T) {
	for version := int16(3); version <= produceVersion; version++ {
		for _, piece := range []int{1, 3, 1000} {
			for code, want := range map[int16]bool{
				0: true, kerr.UnknownTopicOrPartition.Code: false, kerr.NotLeaderForPartition.Code: false, kerr.RequestTimedOut.Code: true,
			} {
				var s sent
				under := &answering{piece: piece}
				c := &sentConn{Conn: under, sent: &s}
				c.Write(frameOf(producing("t", 1), version))
				large := append(binary.BigEndian.AppendUint32(nil, 5000), make([]byte, 5000)...) // to another request
				binary.BigEndian.PutUint32(large[4:], 77)
				under.answers = slices.Concat(large, answerTo(1, version, code), large)
				for len(under.answers) > 0 {
					c.Read(make([]byte, 100))
				}
				if got := s.since(0, "t", 1); got != want {
					t.Errorf("version %d, pieces of %d: after the answer %d it may be stored: %v", version, piece, code, got)
				}
			}
		}
	}
}

func TestADeniedRequestLeavesTheOneBefore(t *testing.T) {
	var s sent
	first, _ := s.note(frameOf(producing("t", 1), 9))
	second, _ := s.note(frameOf(producing("t", 1), 9))
	s.deny(second, topicPartition{"t", 1})
	if !s.since(0, "t", 1) {
		t.Error("the first request has no answer, and counts for nothing")
	}
	s.deny(first, topicPartition{"t", 1})
	if s.since(0, "t", 1) {
		t.Error("both were denied")
	}
}

func FuzzAnswers(f *testing.F) {
	f.Add(answerTo(1, 9, 3), 9)
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 1}, 3)
	f.Fuzz(func(t *testing.T, answers []byte, version int) {
		under := &answering{answers: answers, piece: 7}
		c := &sentConn{Conn: under, sent: new(sent)}
		c.Write(frameOf(producing("t", 1), int16(min(max(version, 3), produceVersion))))
		for len(under.answers) > 0 {
			c.Read(make([]byte, 10))
		}
		if cap(c.frame) > 2*len(answers)+64 {
			t.Errorf("%d bytes are kept of %d", cap(c.frame), len(answers))
		}
	})
}
