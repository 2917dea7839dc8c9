//go:build !js

package client

import (
	"testing"

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
