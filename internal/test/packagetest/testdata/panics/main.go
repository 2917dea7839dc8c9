//go:build js

// Command panics is a kafka.wasm that connects at once, and panics at the next call.
package main

import "syscall/js"

func main() {
	port := js.Global().Get("kafkaioPort")
	calls := make(chan struct{})
	port.Call("listen", js.FuncOf(func(js.Value, []js.Value) any {
		go func() { calls <- struct{}{} }()
		return nil
	}))
	<-calls
	opened := js.Global().Get("Uint8Array").New(0x20)
	item := []byte{
		3, 0, 0, 0, 1, // ITEM of call 1
		8, 0, 0, 0, 1, // an object with one member
		0, 0, 0, 9, 'c', 'l', 'u', 's', 't', 'e', 'r', 'I', 'd', // its name
		5, 0, 0, 0, 4, 'n', 'o', 'n', 'e', // its value
	}
	js.CopyBytesToJS(opened, item)
	port.Call("post", opened.Get("buffer"))
	<-calls
	panic("as it was told to")
}
