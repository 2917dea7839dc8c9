// Package core is the part of a broker connection that is the same on every platform. A [Conn] sends
// and receives exact numbers of bytes, or Kafka's frames; each call has a timeout, and its error says
// what went wrong where. A [Pipeline] keeps many requests in flight on a Conn. A [Trace] shows both.
//
// Most programs get a Conn from kafkaio.Dial. This package makes one of any [Stream], such as a
// net.Conn:
//
//	c := core.NewConn(stream, core.Options{Addr: "broker:9092"})
//	defer c.Close()
//	if err := c.WriteFrame(ctx, request); err != nil {
//		return err
//	}
//	response, err := c.ReadFrame(ctx, nil)
//
// A Stream may lead anywhere: to a TCP socket, a tunnel out of a browser, a WebAssembly host's
// socket. The package imports no net, os, syscall or syscall/js, so it can't depend on which.
package core
