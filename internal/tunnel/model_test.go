package tunnel

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestTwoEndsAgainstAModel drives two ends with random writes, reads, delays, deadlines, closes
// and breaks. The model of a direction is a counter: byte number i of a stream has a value that
// follows from i, so that a reader knows at once of a byte that was lost, doubled or moved.
func TestTwoEndsAgainstAModel(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { runModel(t, seed) })
		})
	}
}

func runModel(t *testing.T, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	e := newEnds(t)
	keep, _ := e.open(t, 1)
	breaks := random.IntN(4) == 0
	var workers sync.WaitGroup
	for range 1 + random.IntN(6) {
		client, server := e.open(t, 1+random.IntN(50<<10))
		up, down := &direction{name: "up", from: client, to: server}, &direction{name: "down", from: server, to: client}
		for _, d := range []*direction{up, down} {
			seed1, seed2 := random.Uint64(), random.Uint64()
			workers.Go(func() { d.write(t, rand.New(rand.NewPCG(seed1, 2)), breaks) })
			workers.Go(func() { d.read(t, rand.New(rand.NewPCG(seed2, 3)), breaks) })
		}
	}
	stop := make(chan struct{})
	var delays sync.WaitGroup
	delays.Go(func() { // a network that stops and goes on
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Duration(random.IntN(50)) * time.Millisecond):
			}
			pipe := e.clientPipe
			if random.IntN(2) == 0 {
				pipe = e.serverPipe
			}
			pipe.hold(true)
			time.Sleep(time.Duration(random.IntN(50)) * time.Millisecond)
			pipe.hold(false)
			if breaks && random.IntN(5) == 0 {
				e.clientPipe.Close(CodeAbnormal, "cable cut")
			}
		}
	})
	workers.Wait()
	close(stop)
	delays.Wait()
	keep.Close()
}

// A direction is one half of a stream: who writes, who reads, and how much the writer has had accepted.
type direction struct {
	name     string
	from, to *Stream
	accepted atomic.Int64
	finished atomic.Bool // the writer has closed after all that it wrote
}

func valueAt(i int64) byte { return byte(i * 7 >> 3) }

func (d *direction) write(t *testing.T, random *rand.Rand, breaks bool) {
	for range random.IntN(40) {
		p := make([]byte, random.IntN(25<<10))
		for i := range p {
			p[i] = valueAt(d.accepted.Load() + int64(i))
		}
		if random.IntN(4) == 0 {
			d.from.SetWriteDeadline(time.Now().Add(time.Duration(random.IntN(100)) * time.Millisecond))
		}
		n, err := d.from.Write(p)
		d.accepted.Add(int64(n))
		d.from.SetWriteDeadline(time.Time{})
		if n < len(p) && err == nil {
			t.Errorf("%s: wrote %d of %d bytes without an error", d.name, n, len(p))
		}
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			d.acceptable(t, err, breaks)
			return
		}
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
	}
	// Only one side closes in order, so that nothing the other wrote is cut off by it.
	if d.name == "up" {
		return
	}
	d.finished.Store(true)
	d.from.Close()
}

func (d *direction) read(t *testing.T, random *rand.Rand, breaks bool) {
	var got int64
	for {
		p := make([]byte, 1+random.IntN(25<<10))
		if random.IntN(4) == 0 {
			d.to.SetReadDeadline(time.Now().Add(time.Duration(random.IntN(100)) * time.Millisecond))
		}
		n, err := d.to.Read(p)
		for i, b := range p[:n] {
			if b != valueAt(got+int64(i)) {
				t.Errorf("%s: byte %d is %d, %d was written", d.name, got+int64(i), b, valueAt(got+int64(i)))
				return
			}
		}
		got += int64(n)
		if n == 0 && err == nil {
			t.Errorf("%s: read (0, nil)", d.name)
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			d.to.SetReadDeadline(time.Time{})
			continue
		}
		if err == io.EOF {
			if want := d.accepted.Load(); d.finished.Load() && got != want {
				t.Errorf("%s: the end came after %d of %d bytes", d.name, got, want)
			}
			return
		}
		if err != nil {
			d.acceptable(t, err, breaks)
			return
		}
		time.Sleep(time.Duration(random.IntN(10)) * time.Millisecond)
	}
}

// acceptable reports an error that this run gives no reason for. A stream's other direction
// closes it, which ends this one too.
func (d *direction) acceptable(t *testing.T, err error, breaks bool) {
	var op *net.OpError
	closed := d.name == "up" && (errors.Is(err, net.ErrClosed) || errors.As(err, &op))
	if !closed && !breaks {
		t.Errorf("%s: %v", d.name, err)
	}
}
