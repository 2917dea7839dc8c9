// Package guest dials out of a GOOS=wasip1 program that kafkaio's wasmhost runs.
//
// The connections are as those of package net: several goroutines may use one, deadlines
// fire, a goroutine that waits keeps no other from running, and an idle wait costs nothing.
// On any other WASI host Dial fails with an error that says so.
//
// There is no Dial on targets other than wasip1.
package guest
