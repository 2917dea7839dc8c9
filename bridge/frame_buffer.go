package bridge

import (
	"github.com/kafkaio/kafkaio/internal/bufferpool"
	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// A frameBuffer holds a frame whose size was announced. It grows as bytes come, and counts against the
// session's memory.
type frameBuffer struct {
	memory interface {
		TakeMemory(n int) bool
		GiveMemory(n int)
	}
	size int // of the whole frame
	data []byte
	held int
}

const (
	// firstRoom is a frameBuffer's room in bytes before more than that has come.
	firstRoom = 16 << 10
	// growth is by how much it grows. Each byte is copied a third time on average.
	growth = 4
)

var errNoFrameMemory = &tunnel.CloseError{Code: tunnel.CodeTooMany, Reason: tunnel.ReasonMemory + ": the bridge has none left for a frame"}

// fill reads until the frame is complete. After an error, data is what has come. A read may fail and bring
// the last bytes.
func (b *frameBuffer) fill(read func([]byte) (int, error)) error {
	for len(b.data) < b.size {
		if len(b.data) == cap(b.data) && !b.grow() {
			return errNoFrameMemory
		}
		n, err := read(b.data[len(b.data):min(cap(b.data), b.size)])
		b.data = b.data[:len(b.data)+n]
		if err != nil && len(b.data) < b.size {
			return err
		}
	}
	return nil
}

func (b *frameBuffer) grow() bool {
	room := bufferpool.Size(min(b.size, max(firstRoom, growth*cap(b.data))))
	if !b.memory.TakeMemory(room - b.held) {
		return false
	}
	b.held = room
	grown := append(bufferpool.Get(room), b.data...)
	bufferpool.Put(b.data)
	b.data = grown
	return true
}

// replace replaces the frame by another, and reports false if there is no memory for that.
func (b *frameBuffer) replace(data []byte) bool {
	if more := cap(data) - b.held; more > 0 && !b.memory.TakeMemory(more) {
		return false
	} else if more < 0 {
		b.memory.GiveMemory(-more)
	}
	bufferpool.Put(b.data)
	b.data, b.held = data, cap(data)
	return true
}

// free gives the memory back.
func (b *frameBuffer) free() {
	b.memory.GiveMemory(b.held)
	bufferpool.Put(b.data)
	b.data, b.held = nil, 0
}
