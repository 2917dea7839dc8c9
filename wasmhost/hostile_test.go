package wasmhost

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// heap returns the bytes that live in this process.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what a finalizer freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// heldBy starts prog, which prints a line and then holds its resources. It returns the line, and how many
// bytes the host's heap is larger than with a guest that holds nothing.
func heldBy(t *testing.T, c Config, args ...string) (line string, held int64) {
	t.Helper()
	baseline := measure(t, c, "open", "/", "0")
	got := measure(t, c, args...)
	return got.line, int64(got.heap) - int64(baseline.heap)
}

type measurement struct {
	line string
	heap uint64
}

func measure(t *testing.T, c Config, args ...string) measurement {
	t.Helper()
	stdin, release := io.Pipe()
	c.Stdin = stdin
	g := startProg(t, c, args...)
	m := measurement{line: g.line(t)}
	m.heap = heap()
	release.Close()
	if o := <-g.ended; o.code != 0 || o.err != nil {
		t.Fatalf("%q ends with %+v", args, o)
	}
	return m
}

// A guest can't make the host hold more by opening the socket file more often.
func TestOpensOfTheDeviceAreBounded(t *testing.T) {
	const (
		opens = 2_000_000
		most  = 32 << 20 // bytes; what the guest's own memory grows is a part of it
	)
	for _, path := range []string{"/dev/kafkaio/socket.v1", "/dev/kafkaio"} {
		t.Run(path, func(t *testing.T) {
			line, held := heldBy(t, Config{}, "open", path, itoa(opens))
			t.Logf("opened %s; the host holds %.1f MiB", line, float64(held)/(1<<20))
			if !strings.HasPrefix(line, "4096 ") {
				t.Errorf("opened %s, want 4096", line)
			}
			if held > most {
				t.Errorf("the host holds %d bytes, want at most %d", held, most)
			}
		})
	}
}

// A file of a few bytes can't make the host allocate as much as it says that it has.
func TestCountsInAProgramAreChecked(t *testing.T) {
	for _, section := range []string{
		"\x01\x05\xff\xff\xff\xff\x0f",             // types
		"\x0a\x05\xff\xff\xff\xff\x0f",             // functions
		"\x04\x08\x01\x70\x00\xff\xff\xff\xff\x0f", // the elements of a table
	} {
		if code, err := Run(t.Context(), []byte("\x00asm\x01\x00\x00\x00"+section), Config{}); code != -1 || err == nil {
			t.Errorf("%x gives %d, %v", section, code, err)
		}
	}
}

// A guest can't make the host's table of descriptors grow by choosing a large descriptor.
func TestDescriptorsCantBeRenumbered(t *testing.T) {
	const most = 32 << 20
	line, held := heldBy(t, Config{}, "renumber", "40000000")
	t.Logf("renumbering gives %s; the host holds %.1f MiB", line, float64(held)/(1<<20))
	if held > most {
		t.Errorf("the host holds %d bytes, want at most %d", held, most)
	}
}

func TestDialWithoutAPlaceLeftIsEMFILE(t *testing.T) {
	o := runProg(t, Config{MaxSockets: 2, Dial: dialService}, "hold", "stuck:1", "3")
	if o.code != 1 || o.err != nil || !strings.Contains(o.stderr, "no more sockets") || !strings.Contains(o.stderr, "errno: Too many open files") {
		t.Errorf("got %+v, want EMFILE", o)
	}
}

func TestNegativeBoundsAreErrors(t *testing.T) {
	for _, c := range []Config{{MaxSockets: -1}, {MaxMemory: -1}} {
		if code, err := Run(t.Context(), prog(t), c); code != -1 || err == nil || !strings.Contains(err.Error(), "was expected") {
			t.Errorf("got %d, %v", code, err)
		}
	}
}
