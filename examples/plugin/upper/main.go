//go:build wasip1

// Upper is a plugin that has the values of records in upper case. See ../main.go, which runs it.
package main

import (
	"bytes"
	"unsafe"
)

// transform returns the new value of a record.
func transform(value []byte) []byte { return bytes.ToUpper(value) }

func main() {} // which nobody calls: the host calls what is exported

var input, output []byte // referenced here, so that they stay where they are

// allocate returns the address at which the host writes a value of so many bytes.
//
//go:wasmexport allocate
func allocate(size uint32) unsafe.Pointer {
	input = make([]byte, size)
	return unsafe.Pointer(unsafe.SliceData(input))
}

// transformInput returns where the host reads the new value: the address in the upper 32 bits, the size in the lower.
//
//go:wasmexport transform
func transformInput() uint64 {
	output = transform(input)
	return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(output))))<<32 | uint64(len(output))
}
