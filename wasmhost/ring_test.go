package wasmhost

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// A ring is a bounded FIFO: whatever the order of calls, bytes leave as they came.
func TestRingIsABoundedQueue(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 0))
		var r ring
		var model bytes.Buffer
		next := byte(0)
		p := make([]byte, maxBuffer/2)
		for range 2000 {
			size := random.IntN(len(p)) >> random.IntN(16)
			if random.IntN(2) == 0 {
				for i := range p[:size] {
					p[i] = next + byte(i)
				}
				n := r.write(p[:size])
				if want := min(size, maxBuffer-model.Len()); n != want {
					t.Fatalf("seed %d: write of %d took %d, want %d", seed, size, n, want)
				}
				model.Write(p[:n])
				next += byte(n)
			} else {
				n := r.read(p[:size])
				if want := model.Next(size); !bytes.Equal(p[:n], want) {
					t.Fatalf("seed %d: read of %d gave %d bytes, want %d others", seed, size, n, len(want))
				}
			}
			if r.length != model.Len() || len(r.buf) > maxBuffer {
				t.Fatalf("seed %d: %d bytes held in %d, want %d", seed, r.length, len(r.buf), model.Len())
			}
		}
	}
}

// A consumer may use what it peeked at while the producer makes the ring grow.
func TestRingGrowsUnderAPeek(t *testing.T) {
	var r ring
	r.write(bytes.Repeat([]byte("a"), minBuffer))
	peeked := r.peek()
	r.write(bytes.Repeat([]byte("b"), 3*minBuffer))
	if !bytes.Equal(peeked, bytes.Repeat([]byte("a"), minBuffer)) {
		t.Error("the peeked bytes changed")
	}
	r.consume(len(peeked))
	if rest := make([]byte, 4*minBuffer); r.read(rest) != 3*minBuffer || rest[0] != 'b' {
		t.Error("the rest is not what was written")
	}
}
