// Package trywrite writes as many bytes to a socket as the kernel accepts without blocking. A goroutine
// that must not block can so write itself, and saves the switch to another goroutine and back.
package trywrite
