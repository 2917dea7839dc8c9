// Package guest makes connections from a GOOS=wasip1 program that kafkaio's wasmhost runs.
//
//	conn, err := guest.Dial(ctx, "tcp", "broker.example:9092")
//
// The connections behave as package net's do. Several goroutines may use one, deadlines fire, other
// goroutines run while one waits, and an idle wait costs no processor time. On any other WASI host
// Dial fails, with an error that says so.
//
// [Listen] accepts connections, and [ListenPacket] receives datagrams. All these exist on wasip1 only.
package guest
