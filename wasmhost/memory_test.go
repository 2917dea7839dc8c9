package wasmhost

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// heapAtOutput measures the host's heap when the guest first prints.
type heapAtOutput struct {
	bytes.Buffer
	heap uint64
}

func (h *heapAtOutput) Write(p []byte) (int, error) {
	if h.heap == 0 {
		h.heap = heap()
	}
	return h.Buffer.Write(p)
}

func TestGuestOverItsMemoryLimitRunsOutOfMemory(t *testing.T) {
	const limit = 64 << 20
	wasm, before := prog(t), heap()
	var stderr heapAtOutput
	code, err := Run(t.Context(), wasm, Config{MaxMemory: limit, Args: []string{"prog", "allocate", "256"}, Stderr: &stderr, Cache: cache})
	if code != 2 || err != nil || !strings.Contains(stderr.String(), "out of memory") {
		t.Errorf("got %d, %v, %.200q, want Go's exit for lack of memory", code, err, stderr.String())
	}
	held := int64(stderr.heap) - int64(before)
	t.Logf("the host holds %.1f MiB", float64(held)/(1<<20))
	if held > 2*limit {
		t.Errorf("the host holds %d bytes for a guest that may have %d", held, limit)
	}
}

func TestGuestWithinItsMemoryLimitRuns(t *testing.T) {
	for _, limit := range []int64{0, 64<<20 - 1, 1 << 40} {
		if o := runProg(t, Config{MaxMemory: limit}, "allocate", "16"); o.code != 0 || o.err != nil || o.stdout != "16 MiB\n" {
			t.Errorf("with %d bytes: %+v", limit, o)
		}
	}
}

func TestProgramThatStartsOverItsMemoryLimitIsAnError(t *testing.T) {
	for _, limit := range []int64{1, pageSize, 1 << 20} {
		code, err := Run(t.Context(), prog(t), Config{MaxMemory: limit, Cache: cache})
		if code != -1 || err == nil || !strings.Contains(err.Error(), "more memory than MaxMemory, "+itoa(int(limit))+" bytes") {
			t.Errorf("with %d bytes: %d, %v", limit, code, err)
		}
	}
}

// memoryModule is a program of nothing but a memory of minimum to maximum pages, and grows it once by
// 9 pages; it traps where that is possible.
func memoryModule(minimum, maximum byte) []byte {
	return slices.Concat(
		[]byte("\x00asm\x01\x00\x00\x00"),
		[]byte{1, 4, 1, 0x60, 0, 0},                             // type: func()
		[]byte{3, 2, 1, 0},                                      // function 0 has it
		[]byte{5, 4, 1, 1, minimum, maximum},                    // memory
		[]byte{7, 10, 1, 6, '_', 's', 't', 'a', 'r', 't', 0, 0}, // export
		[]byte{10, 15, 1, 13, 0, 0x41, 9, 0x40, 0, 0x41, 0x7f, 0x47, 0x04, 0x40, 0, 0x0b, 0x0b}, // if memory.grow(9) != -1 { unreachable }
	)
}

func TestDeclaredMaximumDoesNotLiftTheMemoryLimit(t *testing.T) {
	wasm := memoryModule(1, 100)
	if code, err := Run(t.Context(), wasm, Config{}); code != -1 || err == nil || !strings.Contains(err.Error(), "unreachable") {
		t.Errorf("without a limit: %d, %v, want the trap of a program that got its memory", code, err)
	}
	if code, err := Run(t.Context(), wasm, Config{MaxMemory: 2 * pageSize}); code != 0 || err != nil {
		t.Errorf("with a limit: %d, %v", code, err)
	}
	if code, err := Run(t.Context(), memoryModule(3, 100), Config{MaxMemory: 2 * pageSize}); code != -1 || err == nil || !strings.Contains(err.Error(), "MaxMemory") {
		t.Errorf("with a minimum over the limit: %d, %v", code, err)
	}
}
