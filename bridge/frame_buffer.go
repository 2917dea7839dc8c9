package bridge

import (
	"net"

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
	size int    // of the whole frame
	came int    // how much of it has come at least when it is read
	data []byte // what was read
	out  []byte // what goes on in its place, and may refer to data
	held int
}

// firstRoom is a frameBuffer's room in bytes before more than that has come.
const firstRoom = 16 << 10

// moreRoom returns the room of a frameBuffer that has filled n bytes. A frame that comes in messages of 64 KiB
// is moved once up to 2 MiB, and twice up to 64 MiB.
func moreRoom(n int) int {
	if n < 64<<10 {
		return 4 * n
	}
	return 32 * n
}

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
	room := bufferpool.Size(min(b.size, max(firstRoom, b.came, moreRoom(cap(b.data)))))
	if !b.take(room - b.held) {
		return false
	}
	grown := append(bufferpool.Get(room), b.data...)
	bufferpool.Put(b.data)
	b.data = grown
	return true
}

func (b *frameBuffer) take(n int) bool {
	if !b.memory.TakeMemory(n) {
		return false
	}
	b.held += n
	return true
}

// replace takes what goes on in place of the frame, and reports false if there is no memory for that. The parts
// after the first may refer to the frame.
func (b *frameBuffer) replace(parts net.Buffers) bool {
	if len(parts) > 0 {
		b.out = parts[0]
	}
	held := cap(b.data) + cap(b.out)
	if len(parts) <= 1 {
		bufferpool.Put(b.data)
		b.data, held = nil, cap(b.out)
	}
	if more := held - b.held; more > 0 {
		return b.take(more)
	}
	b.memory.GiveMemory(b.held - held)
	b.held = held
	return true
}

// free gives the memory back.
func (b *frameBuffer) free() {
	b.memory.GiveMemory(b.held)
	bufferpool.Put(b.data)
	bufferpool.Put(b.out)
	b.data, b.out, b.held = nil, nil, 0
}
