// Library is a guest whose functions its host calls.
package main

import (
	"bytes"
	"context"
	"os"
	"unsafe"

	"github.com/kafkaio/kafkaio/wasmhost/guest"
)

func main() {}

var started = bytes.Repeat([]byte("x"), 10) // by an init function

var buffer []byte

//go:wasmexport buffer
func bufferOf(size int32) unsafe.Pointer {
	buffer = make([]byte, size)
	return unsafe.Pointer(unsafe.SliceData(buffer))
}

// upper changes the buffer to upper case, and returns how often it was called.
//
//go:wasmexport upper
func upper() int32 {
	copy(buffer, bytes.ToUpper(buffer))
	calls++
	return calls
}

var calls int32

//go:wasmexport init
func initialized() int32 { return int32(len(started)) }

// echo sends the buffer to the address in the environment, and reads it back.
//
//go:wasmexport echo
func echo() int32 {
	c, err := guest.Dial(context.Background(), "tcp", os.Getenv("ECHO"))
	if err != nil {
		return -1
	}
	defer c.Close()
	c.Write(buffer)
	clear(buffer)
	n, _ := c.Read(buffer)
	return int32(n)
}

//go:wasmexport spin
func spin() {
	for {
	}
}

//go:wasmexport exit
func exit() { os.Exit(7) }
