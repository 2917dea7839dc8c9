// Package trywrite writes to a socket what the kernel takes without waiting. That spares a writer
// that must not wait the switch to another goroutine and back.
package trywrite
