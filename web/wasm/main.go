//go:build js

// Command wasm is the part of the browser package that speaks Kafka: franz-go, compiled for a page,
// over connections that go through a kafkaio bridge. No Kafka client runs on the server.
//
// kafkaio.js loads it, checks arguments, and gives JavaScript the API that is documented there.
// The program hands connect to it. Functions return Promises, since a callback from JavaScript must not
// wait.
package main

import "syscall/js"

// readyCallback is the global that kafkaio.js sets before it starts the program.
const readyCallback = "kafkaioReady"

func main() {
	connect := js.FuncOf(func(_ js.Value, args []js.Value) any {
		options := args[0]
		return promise(func() (any, error) { return connect(options) })
	})
	js.Global().Call(readyCallback, connect)
	select {} // the page calls in from now on
}
