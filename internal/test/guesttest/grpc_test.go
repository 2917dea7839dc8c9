package guesttest

import (
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/interop"
	testgrpc "google.golang.org/grpc/interop/grpc_testing"

	"github.com/kafkaio/kafkaio/wasmhost"
)

// grpcCases is what the guest prints of gRPC's own tests for its implementations.
var grpcCases = []string{
	"empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong", "empty_stream",
	"timeout_on_sleeping_server", "cancel_after_begin", "cancel_after_first_response", "status_code_and_message",
	"100 streams at once",
}

func TestGRPC(t *testing.T) {
	wasm := build(t, "grpcguest")
	t.Run("server natively", func(t *testing.T) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server, ended := grpc.NewServer(), make(chan error, 1)
		testgrpc.RegisterTestServiceServer(server, interop.NewTestServer())
		go func() { ended <- server.Serve(listener) }()
		addr := listener.Addr().String()
		run(t, wasm, allow(t, addr), []string{"client", addr}, grpcCases...)
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Run("server in a guest", func(t *testing.T) {
		addr := start(t, wasm, wasmhost.Config{Listen: new(net.ListenConfig).Listen}, "server", "127.0.0.1:0")
		run(t, wasm, allow(t, addr), []string{"client", addr}, grpcCases...)
	})
}
