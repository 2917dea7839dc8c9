package rpc_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
	"github.com/kafkaio/kafkaio/rpc"
)

// metadataServer returns a server that answers ApiVersions and, in version 1, Metadata with three
// brokers, from bytes that were made beforehand.
func metadataServer() func(net.Conn) {
	versions := kmsg.NewPtrApiVersionsResponse()
	versions.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: kmsg.Metadata.Int16(), MaxVersion: 1}}
	metadata := kmsg.NewPtrMetadataResponse()
	metadata.Version = 1
	for id := range int32(3) {
		metadata.Brokers = append(metadata.Brokers, kmsg.MetadataResponseBroker{NodeID: id, Host: "broker.example.com", Port: 9092})
	}
	answers := map[int16][]byte{
		kmsg.ApiVersions.Int16(): unsupported().AppendTo(make([]byte, 8)),
		kmsg.Metadata.Int16():    metadata.AppendTo(make([]byte, 8)),
		-1:                       versions.AppendTo(make([]byte, 8)), // ApiVersions in version 0
	}
	return func(c net.Conn) {
		in, out := bufio.NewReaderSize(c, 64<<10), bufio.NewWriterSize(c, 64<<10)
		for request := make([]byte, 4<<10); ; {
			if _, err := io.ReadFull(in, request[:4]); err != nil {
				return
			}
			n := binary.BigEndian.Uint32(request)
			if _, err := io.ReadFull(in, request[:n]); err != nil {
				return
			}
			key := int16(binary.BigEndian.Uint16(request))
			if key == kmsg.ApiVersions.Int16() && request[3] == 0 {
				key = -1
			}
			answer := append(out.AvailableBuffer(), answers[key]...)
			binary.BigEndian.PutUint32(answer, uint32(len(answer)-4))
			copy(answer[4:8], request[4:8])
			out.Write(answer)
			if in.Buffered() == 0 {
				out.Flush()
			}
		}
	}
}

// BenchmarkDo compares with the bytes of the same request and response on a bare net.Conn.
func BenchmarkDo(b *testing.B) {
	addr := testnet.Serve(b, metadataServer())
	newRequest := func() *kmsg.MetadataRequest {
		r := kmsg.NewPtrMetadataRequest()
		r.Topics = []kmsg.MetadataRequestTopic{} // none; nil would mean all
		return r
	}
	b.Run("bare", func(b *testing.B) {
		c, into := testnet.Dial(b, addr), make([]byte, 4<<10)
		r := newRequest()
		r.Version = 1
		message := kmsg.NewRequestFormatter(kmsg.FormatterClientID("kafkaio")).AppendRequest(nil, r, 1)
		for b.Loop() {
			c.SetWriteDeadline(time.Now().Add(core.DefaultTimeout))
			c.Write(message)
			c.SetReadDeadline(time.Now().Add(core.DefaultTimeout))
			if _, err := c.Read(into); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, callers := range []int{1, 16, 256} {
		b.Run(fmt.Sprint(callers), func(b *testing.B) {
			p := core.NewPipeline(core.NewConn(testnet.Dial(b, addr), core.Options{}), core.PipelineOptions{})
			defer p.Close()
			b.ReportAllocs()
			var all sync.WaitGroup
			for i := range callers {
				n := (b.N + i) / callers
				all.Go(func() {
					for range n {
						resp, err := rpc.Do(ctx, p, newRequest())
						if err != nil || len(resp.(*kmsg.MetadataResponse).Brokers) != 3 {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}
