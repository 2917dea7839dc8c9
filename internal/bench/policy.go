package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/bridge"
)

const (
	policyTopic = "bench"
	// recordBytes is what one Fetch answers, or one Produce sends, where bytes are measured.
	recordBytes = 1 << 20
	// Both versions name topics, and have tags.
	fetchVersion   = 12
	produceVersion = 9
	// producesInFlight is the default of max.in.flight.requests.per.connection of Kafka's producers.
	producesInFlight = 5
)

// benchPolicy compares the bridge with a policy that allows everything asked here with the bridge without
// one.
func benchPolicy() ([]row, error) {
	target, end, err := listen(recordsStub)
	if err != nil {
		return nil, err
	}
	defer end()
	names := []string{"without a policy", "with a policy"}
	var conns []net.Conn
	for i := range names {
		config := bridge.Config{Brokers: []string{target}}
		if i == 1 {
			config.Policies = []bridge.Policy{{Identities: []string{"*"}, Allow: []string{"read-write"}, Topics: []string{policyTopic}}}
		}
		url, stop, err := serveBridgeOf(config)
		if err != nil {
			return nil, err
		}
		defer stop()
		c, err := (&kafkaio.Dialer{Bridge: url}).DialContext(context.Background(), "tcp", target)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		conns = append(conns, c)
	}
	var rows []row
	for _, what := range []struct {
		name     string
		request  []byte
		inFlight int
		bytes    int // 0: time is compared, else throughput
		budget   string
	}{
		{"round trip of a Fetch", requestFrame(fetchOf(0)), 1, 0, "≤ 1.15 ×"},
		{"Fetch of 1 MiB", requestFrame(fetchOf(recordBytes)), 1, recordBytes, "≥ 0.97 ×"},
		{"Produce of 1 MiB", requestFrame(produceOf(recordBytes)), 1, recordBytes, "≥ 0.8 ×"},
		{"Produce of 1 MiB, 5 in flight", requestFrame(produceOf(recordBytes)), producesInFlight, recordBytes, "≥ 0.8 ×"},
	} {
		var contenders []contender
		for i, c := range conns {
			contenders = append(contenders, contender{what.name + ", " + names[i], exchanges(c, what.request, what.inFlight)})
		}
		t, err := measure(what.inFlight, contenders)
		if err != nil {
			return rows, err
		}
		for i, c := range contenders {
			r := row{what: c.name, value: t[i].String()}
			if i == 1 {
				r.ratio, r.budget = ratioOf(t[1], t[0])+" without", what.budget
				if what.bytes > 0 {
					r.ratio = ratioOf(t[0], t[1]) + " the throughput without"
				}
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func requestFrame(r kmsg.Request) []byte {
	return kmsg.NewRequestFormatter(kmsg.FormatterClientID("bench")).AppendRequest(nil, r, 1)
}

// fetchOf asks recordsStub for so many bytes of records.
func fetchOf(bytes int32) kmsg.Request {
	r := kmsg.NewPtrFetchRequest()
	r.Version, r.SessionEpoch, r.MaxBytes = fetchVersion, -1, bytes
	topic, partition := kmsg.NewFetchRequestTopic(), kmsg.NewFetchRequestTopicPartition()
	topic.Topic, topic.Partitions = policyTopic, append(topic.Partitions, partition)
	r.Topics = append(r.Topics, topic)
	return r
}

func produceOf(bytes int) kmsg.Request {
	r := kmsg.NewPtrProduceRequest()
	r.Version, r.Acks = produceVersion, -1
	topic, partition := kmsg.NewProduceRequestTopic(), kmsg.NewProduceRequestTopicPartition()
	partition.Records = make([]byte, bytes)
	topic.Topic, topic.Partitions = policyTopic, append(topic.Partitions, partition)
	r.Topics = append(r.Topics, topic)
	return r
}

// exchanges sends a request n times, and takes the answers. At most inFlight requests are unanswered.
func exchanges(c net.Conn, request []byte, inFlight int) func(n int) error {
	buf := make([]byte, 64<<10)
	return func(n int) error {
		room := make(chan struct{}, inFlight)
		written := make(chan error, 1)
		go func() {
			for range n {
				room <- struct{}{}
				if _, err := c.Write(request); err != nil {
					written <- err
					return
				}
			}
			written <- nil
		}()
		for range n {
			if _, err := io.ReadFull(c, buf[:4]); err != nil {
				return err
			}
			for left := int(binary.BigEndian.Uint32(buf)); left > 0; {
				got, err := c.Read(buf[:min(left, len(buf))])
				if err != nil {
					return err
				}
				left -= got
			}
			<-room
		}
		return <-written
	}
}

// recordsStub answers Fetch with as many bytes of records as it may, none or recordBytes, and Produce with
// success.
func recordsStub(c net.Conn) {
	answers := map[bool][]byte{false: fetchAnswer(0), true: fetchAnswer(recordBytes)}
	produced := produceAnswer()
	small := len(requestFrame(fetchOf(0)))
	in := bufio.NewReaderSize(c, 64<<10)
	for {
		var head [12]byte // length, key, version, correlation id
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return
		}
		size := int(binary.BigEndian.Uint32(head[:])) + 4
		body := make([]byte, min(size, small+64)-len(head)) // all of a Fetch
		if _, err := io.ReadFull(in, body); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, in, int64(size-len(head)-len(body))); err != nil {
			return
		}
		answer := produced
		if kmsg.Key(binary.BigEndian.Uint16(head[4:])) == kmsg.Fetch {
			request := kmsg.NewPtrFetchRequest()
			request.Version = fetchVersion
			clientID := int(binary.BigEndian.Uint16(body))
			if request.ReadFrom(body[2+clientID+1:]) != nil {
				return
			}
			answer = answers[request.MaxBytes > 0]
		}
		copy(answer[4:], head[8:])
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

func fetchAnswer(bytes int) []byte {
	r := kmsg.NewPtrFetchResponse()
	r.Version = fetchVersion
	topic, partition := kmsg.NewFetchResponseTopic(), kmsg.NewFetchResponseTopicPartition()
	partition.RecordBatches = make([]byte, bytes)
	topic.Topic, topic.Partitions = policyTopic, append(topic.Partitions, partition)
	r.Topics = append(r.Topics, topic)
	return answerFrame(r)
}

func produceAnswer() []byte {
	r := kmsg.NewPtrProduceResponse()
	r.Version = produceVersion
	topic, partition := kmsg.NewProduceResponseTopic(), kmsg.NewProduceResponseTopicPartition()
	topic.Topic, topic.Partitions = policyTopic, append(topic.Partitions, partition)
	r.Topics = append(r.Topics, topic)
	return answerFrame(r)
}

// answerFrame is an answer with room for its correlation id, and without tags.
func answerFrame(r kmsg.Response) []byte {
	frame := r.AppendTo(make([]byte, 4+4+1))
	binary.BigEndian.PutUint32(frame, uint32(len(frame)-4))
	return frame
}
