// Package kafkaio connects Go programs to Kafka brokers. It works the same in a native program, in a
// web page (GOOS=js) and in a WASI guest (GOOS=wasip1).
//
//	conn, err := kafkaio.Dial(ctx, "broker.example:9092")
//	if err != nil {
//		return err // such as "kafkaio: dial broker.example:9092: resolve: ... no such host"
//	}
//	defer conn.Close()
//	p := kafkaio.NewPipeline(conn, kafkaio.PipelineOptions{})
//	defer p.Close()
//	metadata, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
//
// [Dial] opens a [Conn], which sends and receives bytes or frames. Each call has a timeout, and fails
// with a typed [Error]. A [Pipeline] keeps many requests in flight on a Conn; package rpc gives the
// requests types.
//
// [Dialer.DialContext] is for Kafka clients such as franz-go, sarama and kafka-go, which accept a
// function of its shape:
//
//	d := &kafkaio.Dialer{Bridge: "wss://bridge.example/kafka"}
//	client, err := kgo.NewClient(kgo.SeedBrokers("broker.example:9092"), kgo.Dialer(d.DialContext))
//
// A native program connects by TCP, a WASI guest through its host (package wasmhost). A web page has
// no sockets: it connects through a WebSocket to a bridge (package bridge), which connects to the
// brokers. Native programs and WASI guests can use a bridge too, by Dialer.Bridge.
package kafkaio
