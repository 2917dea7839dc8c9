package wasmhost_test

import (
	"context"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"

	"github.com/kafkaio/kafkaio/wasmhost"
)

// Run a program built with GOOS=wasip1 GOARCH=wasm go build, and let it reach one broker.
func ExampleRun() {
	wasm, err := os.ReadFile("program.wasm")
	if err != nil {
		log.Fatal(err)
	}
	var dialer net.Dialer
	code, err := wasmhost.Run(context.Background(), wasm, wasmhost.Config{
		Args:   []string{"program", "-v"},
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if addr != "localhost:9092" {
				return nil, fmt.Errorf("denied: %s: %w", addr, fs.ErrPermission)
			}
			return dialer.DialContext(ctx, network, addr)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(code)
}
