package filter

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/internal/test/kafkamessage"
)

// Whatever a client sends under a policy, nothing denied arrives, as Kafka's own parser reads it.
func FuzzClientStream(f *testing.F) {
	s := newClientStream(f)
	for i, d := range s.definitions {
		for policy := range s.rights {
			for version := range d.Valid.Highest() - d.Valid.Lowest() + 1 {
				f.Add([]byte{1, byte(policy), 0, 0, 0, byte(i), 0, byte(version)}) // as run and generate choose
			}
		}
	}
	f.Add(append([]byte{0, 1}, framed(twoReadings())...))
	for key := int16(0); key < 128; key++ {
		if known := kmsg.RequestForKey(key); known != nil && handlers[key] != nil {
			f.Add(append([]byte{0, 0}, wholeRequest(known)...))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < 2 || len(b) > 1<<16 {
			return
		}
		if b[0] != 0 {
			s.run(t, kafkamessage.NewChoices(b[1:]))
			return
		}
		s.begin(s.rights[int(b[1])%len(s.rights)])
		for b = b[2:]; len(b) >= 4; { // as they are
			n := int(binary.BigEndian.Uint32(b))
			if b = b[4:]; n > len(b) || !s.send(t, b[:n]) {
				return
			}
			b = b[n:]
		}
	})
}

// What FuzzClientStream holds, for each run of the tests. Java starts once for all.
func TestWithKafkasParser(t *testing.T) {
	s := newClientStream(t)
	t.Run("nothing denied arrives", func(t *testing.T) { nothingDeniedArrives(t, s) })
	t.Run("unfiltered requests are found", func(t *testing.T) { unfilteredRequestsAreFound(t, s) })
	t.Run("a request of two readings has one for the broker", func(t *testing.T) { oneReading(t, s) })
}

func nothingDeniedArrives(t *testing.T, s *clientStream) {
	const streams = 4000
	for n := range uint64(streams) {
		s.run(t, numbered(n))
	}
	total := 0
	for _, d := range s.definitions {
		if total += s.arrived[d.Key]; s.arrived[d.Key] == 0 && s.mayArrive(d) {
			t.Errorf("no %s arrived", d.Name)
		}
	}
	if total < streams/2 {
		t.Errorf("only %d requests arrived of %d streams", total, streams)
	}
	t.Logf("%d requests arrived, brokers would refuse %v", total, s.refused)
}

// mayArrive reports whether a policy of the streams lets an API through.
func (s *clientStream) mayArrive(d *kafkamessage.Definition) bool {
	return d.Name != "SaslHandshakeRequest" && d.Name != "SaslAuthenticateRequest" && // the bridge has authenticated
		slices.ContainsFunc(s.rights, func(r *policy.Rights) bool { return r.API(d.Key, 0).Allowed })
}

// Without a filter the same requests do arrive, and the check finds them.
func unfilteredRequestsAreFound(t *testing.T, s *clientStream) {
	found := map[int16]bool{}
	for n := range uint64(1000) {
		c := numbered(n)
		s.now = kafkamessage.Pick(c, s.rights)
		b := generate(c, s.definitions, s.now, requestNames)
		r := s.kafka.parse(t, framed(b))
		if r.Request == nil {
			continue
		}
		key, version := int16(binary.BigEndian.Uint16(b)), int16(binary.BigEndian.Uint16(b[2:]))
		if s.arrival(key, version, r).check() != nil {
			found[key] = true
		}
	}
	if len(found) < len(s.definitions)/2 {
		t.Errorf("found only in %d of %d APIs", len(found), len(s.definitions))
	}
}

// twoReadings returns a Fetch that is of orders and orders-eu to kmsg, and of orders and secret to Kafka,
// which reads on after what it knows of a tag, whatever its size.
func twoReadings() []byte {
	fetch := func(second [16]byte) (before, after []byte) {
		req := at(17, kmsg.NewPtrFetchRequest())
		for _, topic := range [][16]byte{id(1), second} {
			req.Topics = append(req.Topics, kmsg.FetchRequestTopic{TopicID: topic, Partitions: []kmsg.FetchRequestTopicPartition{kmsg.NewFetchRequestTopicPartition()}})
		}
		directory := [16]byte(bytes.Repeat([]byte{0xaa}, 16))
		req.Topics[0].Partitions[0].ReplicaDirectoryID = directory
		before, after, _ = bytes.Cut(request(1, req), directory[:])
		return append(before, directory[:]...), after
	}
	before, toKmsg := fetch(id(2))
	_, toKafka := fetch(id(3))
	size := len(before) - 17
	b := binary.AppendUvarint(bytes.Clone(before[:size]), uint64(16+len(toKafka)))
	return slices.Concat(b, before[size+1:], toKafka, toKmsg)
}

func oneReading(t *testing.T, s *clientStream) {
	b := twoReadings()
	r := s.kafka.parse(t, framed(b))
	secret := "AAAAAAAAAAAAAAAAAAAAAw"
	if !strings.Contains(fmt.Sprint(r.Request), secret) {
		t.Fatalf("without a filter Kafka reads another request: %+v", r)
	}
	s.begin(s.rights[1])
	if before := s.arrived[keyFetch]; !s.send(t, b) || s.arrived[keyFetch] != before+1 {
		t.Error("nothing arrives")
	}
}
