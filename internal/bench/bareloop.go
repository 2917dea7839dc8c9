package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// bareRequest is the request that all clients send, encoded.
func bareRequest() []byte {
	r := metadataRequest()
	r.SetVersion(metadataVersion)
	return kmsg.NewRequestFormatter(kmsg.FormatterClientID("kafkaio")).AppendRequest(nil, r, 1)
}

// bareRequests sends the bytes of the request, and reads those of the answer, with deadlines.
func bareRequests(c net.Conn) func(n int) error {
	request, answer := bareRequest(), make([]byte, 4+4+len(metadataAnswer()))
	return func(n int) error {
		for range n {
			c.SetWriteDeadline(time.Now().Add(clientTimeout))
			if _, err := c.Write(request); err != nil {
				return err
			}
			c.SetReadDeadline(time.Now().Add(clientTimeout))
			if _, err := io.ReadFull(c, answer); err != nil {
				return err
			}
		}
		return nil
	}
}

// bareLoop keeps so many requests in flight and decodes the answers, which come in order. One
// goroutine does it all: it reads what there is, decodes that, and sends as many requests in one
// write. A second goroutine that writes, or writes of half as many, were slower.
func bareLoop(c net.Conn, inFlight int) func(n int) error {
	request := bareRequest()
	in, out := make([]byte, 64<<10), make([]byte, 0, 64<<10)
	return func(n int) error {
		for sent, answered, have := 0, 0, 0; answered < n; {
			out = out[:0]
			for ; sent < n && sent-answered < inFlight; sent++ {
				at := len(out)
				out = append(out, request...)
				binary.BigEndian.PutUint32(out[at+8:], uint32(sent))
			}
			if len(out) > 0 {
				c.SetWriteDeadline(time.Now().Add(clientTimeout))
				if _, err := c.Write(out); err != nil {
					return err
				}
			}
			c.SetReadDeadline(time.Now().Add(clientTimeout))
			came, err := c.Read(in[have:])
			if err != nil {
				return err
			}
			have += came
			rest := in[:have]
			for len(rest) >= 4 && len(rest) >= 4+int(binary.BigEndian.Uint32(rest)) {
				size := 4 + int(binary.BigEndian.Uint32(rest))
				if err := decodeMetadata(rest[4:size], answered); err != nil {
					return err
				}
				answered++
				rest = rest[size:]
			}
			have = copy(in, rest)
		}
		return nil
	}
}

// decodeMetadata decodes the answer to the request with this correlation id.
func decodeMetadata(payload []byte, id int) error {
	if got := int(binary.BigEndian.Uint32(payload)); got != id {
		return fmt.Errorf("an answer to request %d, %d was expected", got, id)
	}
	answer := kmsg.NewPtrMetadataResponse()
	answer.Version = metadataVersion
	if err := answer.ReadFrom(payload[4:]); err != nil {
		return err
	}
	return threeBrokers(len(answer.Brokers))
}
