// Package rpc makes typed requests to a broker. The types are those of franz-go's kmsg; the
// connection is a [core.Pipeline].
//
//	p := kafkaio.NewPipeline(conn, kafkaio.PipelineOptions{})
//	defer p.Close()
//	resp, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
//	if err != nil {
//		return err
//	}
//	for _, topic := range resp.(*kmsg.MetadataResponse).Topics {
//		fmt.Println(*topic.Topic)
//	}
//
// The package agrees on versions with the broker, writes headers, names the client, waits when the
// broker throttles it, and authenticates with SASL. It talks to one broker on one connection, and
// retries nothing. A program that wants to be led to the right broker, or reconnected after a
// failure, uses a client such as franz-go.
package rpc
