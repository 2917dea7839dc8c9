//go:build js

// Command kafka is kafka.wasm of the npm package: the Kafka client of package client, in a Worker.
package main

import (
	"context"
	"fmt"
	"os"
	"syscall/js"

	"github.com/kafkaio/kafkaio/web/wasm/internal/client"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// portName is the global in which the Worker leaves the way to the page: web/src/run.ts.
const portName = "kafkaioPort"

func main() {
	p := port.FromJS(js.Global().Get(portName))
	js.Global().Delete(portName)
	err := client.Serve(context.Background(), p)
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
