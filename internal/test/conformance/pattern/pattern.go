// Package pattern makes and checks the bytes that the conformance tests send: a stream in which
// every byte depends on its offset, so that one that is lost, doubled or out of order shows.
package pattern

import (
	"bytes"
	"fmt"
	"math/rand/v2"
)

// period is a prime, so that no power of two that a buffer may have as its size divides it.
const period = 65521

// repeated is two periods: any piece of up to one period is a slice of it.
var repeated = func() []byte {
	p := make([]byte, period, 2*period)
	rand.NewChaCha8([32]byte{}).Read(p)
	return append(p, p...)
}()

// At returns the n bytes at offset.
func At(offset int64, n int) []byte {
	p := make([]byte, 0, n)
	for len(p) < n {
		p = append(p, next(offset+int64(len(p)), n-len(p))...)
	}
	return p
}

// A Reader reads the pattern from its start, without end.
type Reader struct{ offset int64 }

// Read fills p.
func (r *Reader) Read(p []byte) (int, error) {
	for done := 0; done < len(p); {
		n := copy(p[done:], next(r.offset, len(p)-done))
		r.offset += int64(n)
		done += n
	}
	return len(p), nil
}

// A Checker is written what should be the pattern from its start.
type Checker struct{ offset int64 }

// Write fails at the first byte that is not the pattern's.
func (c *Checker) Write(p []byte) (int, error) {
	for done := 0; done < len(p); {
		want := next(c.offset, len(p)-done)
		got := p[done : done+len(want)]
		if !bytes.Equal(got, want) {
			i := 0
			for got[i] == want[i] {
				i++
			}
			c.offset += int64(i)
			return done + i, fmt.Errorf("the byte at offset %d is %#02x, want %#02x", c.offset, got[i], want[i])
		}
		done += len(want)
		c.offset += int64(len(want))
	}
	return len(p), nil
}

// Offset is how many bytes were written and found right.
func (c *Checker) Offset() int64 { return c.offset }

// next returns at least 1 and at most n bytes at offset, in storage that must not be changed.
func next(offset int64, n int) []byte {
	i := int(offset % period)
	return repeated[i : i+min(n, period)]
}
