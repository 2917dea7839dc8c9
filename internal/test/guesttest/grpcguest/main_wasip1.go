// Grpcguest is a guest that serves gRPC's test service, or runs gRPC's own tests of it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func main() {
	run := client
	if os.Args[1] == "server" {
		run = serve
	}
	if err := run(os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func serve(addr string) error {
	listener, err := guest.Listen(context.Background(), "tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	server := grpc.NewServer()
	testgrpc.RegisterTestServiceServer(server, interop.NewTestServer())
	return server.Serve(listener)
}

func client(addr string) error {
	conn, err := grpc.NewClient("passthrough:///"+addr,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, addr string) (net.Conn, error) { return guest.Dial(ctx, "tcp", addr) }))
	if err != nil {
		return err
	}
	defer conn.Close()
	service := testgrpc.NewTestServiceClient(conn)
	for _, test := range []struct {
		name string
		run  func(context.Context, testgrpc.TestServiceClient, ...grpc.CallOption)
	}{
		{"empty_unary", interop.DoEmptyUnaryCall},
		{"large_unary", interop.DoLargeUnaryCall},
		{"client_streaming", interop.DoClientStreaming},
		{"server_streaming", interop.DoServerStreaming},
		{"ping_pong", interop.DoPingPong},
		{"empty_stream", interop.DoEmptyStream},
		{"timeout_on_sleeping_server", interop.DoTimeoutOnSleepingServer},
		{"cancel_after_begin", interop.DoCancelAfterBegin},
		{"cancel_after_first_response", interop.DoCancelAfterFirstResponse},
		{"status_code_and_message", interop.DoStatusCodeAndMessage},
	} {
		test.run(context.Background(), service) // ends the program if it fails
		fmt.Println(test.name)
	}
	if err := manyStreams(service, 100); err != nil {
		return err
	}
	fmt.Println("100 streams at once")
	return nil
}

// manyStreams has streams that go both ways at once.
func manyStreams(service testgrpc.TestServiceClient, streams int) error {
	var group errgroup.Group
	for range streams {
		group.Go(func() error { return exchange(service, 50, 2000) })
	}
	return group.Wait()
}

// exchange sends requests on a stream while it receives their answers, of this many bytes each.
func exchange(service testgrpc.TestServiceClient, requests int, size int32) error {
	stream, err := service.FullDuplexCall(context.Background())
	if err != nil {
		return err
	}
	var group errgroup.Group
	group.Go(func() error {
		for range requests {
			request := &testgrpc.StreamingOutputCallRequest{
				ResponseParameters: []*testgrpc.ResponseParameters{{Size: size}},
				Payload:            &testgrpc.Payload{Body: make([]byte, size)},
			}
			if err := stream.Send(request); err != nil {
				return err
			}
		}
		return stream.CloseSend()
	})
	for got := 0; ; got++ {
		answer, err := stream.Recv()
		switch {
		case err == io.EOF && got == requests:
			return group.Wait()
		case err != nil:
			return fmt.Errorf("after %d answers: %w", got, errors.Join(err, group.Wait()))
		case len(answer.Payload.Body) != int(size):
			return fmt.Errorf("an answer of %d bytes, want %d", len(answer.Payload.Body), size)
		}
	}
}
