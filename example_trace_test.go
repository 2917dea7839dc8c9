//go:build !wasm

package kafkaio_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/core"
)

// Measure the steps of dialling with a Trace, on a connection such as a Kafka client uses.
func ExampleDialer_trace() {
	broker, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer broker.Close()

	d := &kafkaio.Dialer{Trace: &core.Trace{
		Resolved: func(host string, addrs []netip.Addr, d time.Duration, err error) {
			fmt.Printf("looking up %s took %v\n", host, d)
		},
		Connected: func(addr string, d time.Duration, err error) {
			fmt.Println("connected:", addr == broker.Addr().String(), d < kafkaio.DefaultTimeout, err)
		},
		Closed: func(cause error) { fmt.Println("closed:", cause) },
	}}
	c, err := d.DialContext(context.Background(), "tcp", broker.Addr().String()) // for kgo.Dialer, say
	if err != nil {
		fmt.Println(err)
		return
	}
	c.Close()
	// Output:
	// connected: true true <nil>
	// closed: <nil>
}

// Know the broker of each frame: a Trace of its own tells a connection from the others of a client.
func ExampleTraceConn() {
	broker, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer broker.Close()

	dial := func(ctx context.Context, network, addr string) (net.Conn, error) { // for kgo.Dialer, say
		c, err := new(kafkaio.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return kafkaio.TraceConn(c, &core.Trace{Frame: func(f core.FrameInfo) {
			fmt.Println(addr == broker.Addr().String(), core.APIName(f.APIKey), f.APIVersion, f.Size)
		}}), nil
	}
	c, err := dial(context.Background(), "tcp", broker.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	c.Write([]byte("\x00\x00\x00\x0d" + "\x00\x12\x00\x00" + "\x00\x00\x00\x01" + "\x00\x03app")) // ApiVersions
	// Output:
	// true ApiVersions 0 17
}
