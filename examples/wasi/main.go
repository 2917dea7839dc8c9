// WASI runs a program that was compiled for WASI, and lets it connect to one broker and nothing
// else. The program, in the directory guest, lists the brokers.
//
//	GOOS=wasip1 GOARCH=wasm go build -o guest.wasm ./wasi/guest
//	go run ./wasi -broker localhost:9092 guest.wasm
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"

	"github.com/kafkaio/kafkaio/wasmhost"
)

func main() {
	broker := flag.String("broker", "localhost:9092", "`host:port` of the one broker that may be reached")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: go run ./wasi [-broker HOST:PORT] guest.wasm\nwhere guest.wasm is from: GOOS=wasip1 GOARCH=wasm go build -o guest.wasm ./wasi/guest")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	wasm, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	exitCode, err := wasmhost.Run(context.Background(), wasm, wasmhost.Config{
		Args:   []string{"guest", *broker},
		Stdout: os.Stdout,
		Stderr: os.Stderr,
		Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
			if addr != *broker {
				return nil, fmt.Errorf("%s is not the broker: %w", addr, fs.ErrPermission)
			}
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(exitCode)
}
