package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// The stub speaks Metadata in this version and no other, so that every client sends and decodes
// the same: kafka-go has it and none beyond that is common to all.
const metadataVersion = 1

// brokerStub answers ApiVersions, and Metadata with three brokers and no topic, from bytes that
// were made beforehand. Requests that come together are answered together.
func brokerStub(c net.Conn) {
	metadata := metadataAnswer()
	in, out := bufio.NewReaderSize(c, 64<<10), bufio.NewWriterSize(c, 64<<10)
	request := make([]byte, 64<<10)
	for {
		if _, err := io.ReadFull(in, request[:4]); err != nil {
			return
		}
		n := int(binary.BigEndian.Uint32(request))
		if n < 8 || n > len(request) {
			return
		}
		if _, err := io.ReadFull(in, request[:n]); err != nil {
			return
		}
		key, version := int16(binary.BigEndian.Uint16(request)), int16(binary.BigEndian.Uint16(request[2:]))
		body := metadata
		if key == int16(kmsg.ApiVersions) {
			body = apiVersionsAnswer(version)
		}
		header := binary.BigEndian.AppendUint32(nil, uint32(4+len(body)))
		out.Write(append(header, request[4:8]...))
		out.Write(body)
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

func metadataAnswer() []byte {
	answer := kmsg.NewPtrMetadataResponse()
	answer.Version = metadataVersion
	for id := range int32(3) {
		b := kmsg.NewMetadataResponseBroker()
		b.NodeID, b.Host, b.Port = id, "broker.example", 9092+id
		answer.Brokers = append(answer.Brokers, b)
	}
	return answer.AppendTo(nil)
}

func apiVersionsAnswer(version int16) []byte {
	answer := kmsg.NewPtrApiVersionsResponse()
	answer.Version = version
	for key, most := range map[kmsg.Key]int16{kmsg.ApiVersions: 4, kmsg.Metadata: metadataVersion} {
		k := kmsg.NewApiVersionsResponseApiKey()
		k.ApiKey, k.MaxVersion = int16(key), most
		answer.ApiKeys = append(answer.ApiKeys, k)
	}
	return answer.AppendTo(nil)
}
