package core_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/kafkaio/kafkaio/core"
)

// apiVersions is a request for a broker's versions, with correlation ID 7.
var apiVersions = []byte("\x00\x12\x00\x00\x00\x00\x00\x07\x00\x03app")

// answer plays a broker that has no versions to offer.
func answer(broker net.Conn) {
	if _, err := io.ReadFull(broker, make([]byte, 4+len(apiVersions))); err == nil {
		broker.Write([]byte("\x00\x00\x00\x0a\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00"))
	}
}

func ExampleTrace() {
	trace := &core.Trace{
		Frame: func(f core.FrameInfo) {
			if f.Out {
				fmt.Printf("request %d: API %d version %d, %d bytes\n", f.CorrelationID, f.APIKey, f.APIVersion, f.Size)
			} else {
				fmt.Printf("response %d: %d bytes, in time: %v\n", f.CorrelationID, f.Size, f.Latency < core.DefaultTimeout)
			}
		},
		Closed: func(cause error) { fmt.Println("closed:", cause) },
	}
	client, broker := net.Pipe()
	go answer(broker)
	c := core.NewConn(client, core.Options{Trace: trace})
	ctx := context.Background()
	if err := c.WriteFrame(ctx, apiVersions); err != nil {
		fmt.Println(err)
	}
	if _, err := c.ReadFrame(ctx, nil); err != nil {
		fmt.Println(err)
	}
	c.Close()
	// Output:
	// request 7: API 18 version 0, 17 bytes
	// response 7: 14 bytes, in time: true
	// closed: <nil>
}

// untimed removes the time from the lines that start with one.
type untimed struct{ w io.Writer }

func (u untimed) Write(p []byte) (int, error) {
	const time = "2006/01/02 15:04:05.000000 "
	if len(p) > len(time) && p[4] == '/' {
		p = p[len(time):]
	}
	return u.w.Write(p)
}

func ExampleNewDebugTrace() {
	client, broker := net.Pipe()
	go io.Copy(io.Discard, broker)
	c := core.NewConn(client, core.Options{Trace: core.NewDebugTrace(untimed{os.Stdout}, "", 2)})
	if err := c.WriteFrame(context.Background(), apiVersions); err != nil {
		fmt.Println(err)
	}
	c.Close()
	// Output:
	// kafkaio: sent ApiVersions (18) v0, id 7, 17 bytes
	// > 00000000  00 00 00 0d 00 12 00 00  00 00 00 07 00 03 61 70  |..............ap|
	// > 00000010  70                                                |p|
	// kafkaio: closed
}

// Find the frames in bytes from elsewhere, such as a capture of another program's traffic.
func ExampleScanner() {
	s := core.NewScanner(&core.Trace{Frame: func(f core.FrameInfo) {
		fmt.Println(f.Out, f.APIKey, f.CorrelationID, f.Size)
	}})
	for _, b := range []byte("\x00\x00\x00\x0d" + string(apiVersions)) {
		s.Sent([]byte{b})
	}
	s.Received([]byte("\x00\x00\x00\x0a\x00\x00\x00\x07\x00\x00\x00\x00\x00\x00"))
	// Output:
	// true 18 7 17
	// false 18 7 14
}
