package kafkamessage

import (
	"hash/fnv"
	"math/rand/v2"
)

// Choices are what a generator decides by: first the bytes of a fuzzer, then a sequence that they begin.
type Choices struct {
	bytes []byte
	then  *rand.Rand
}

// NewChoices returns choices that are the same for the same bytes.
func NewChoices(bytes []byte) *Choices {
	h := fnv.New64a()
	h.Write(bytes)
	return &Choices{bytes, rand.New(rand.NewPCG(h.Sum64(), 0))}
}

// Below returns a number from 0 to n-1.
func (c *Choices) Below(n int) int {
	if len(c.bytes) == 0 || n > 256 {
		return c.then.IntN(n)
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(b) % n
}

// OneIn reports true once in n times.
func (c *Choices) OneIn(n int) bool { return c.Below(n) == n-1 }

// Bytes returns at most n bytes.
func (c *Choices) Bytes(n int) []byte {
	b := make([]byte, c.Below(n+1))
	for i := range b {
		b[i] = byte(c.Below(256))
	}
	return b
}

// Pick returns an entry of a list.
func Pick[T any](c *Choices, list []T) T { return list[c.Below(len(list))] }
