package bridge

import (
	"testing"
	"testing/synctest"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

func TestWhatIsParsedCountsAgainstTheMemory(t *testing.T) {
	memory := tunnel.NewMemory(1000)
	p := newParsing(memory, 1000)
	large, err := p.begin(t.Context(), 900)
	if err != nil || memory.Take(101) {
		t.Fatal("900 of 1000 bytes are not taken", err)
	}
	large.end()
	if !memory.Take(901) {
		t.Fatal("they are not given back")
	}
	if _, err := p.begin(t.Context(), 100); err != errNoFrameMemory {
		t.Errorf("100 bytes more: %v", err)
	}
	if f, err := p.begin(t.Context(), 99); err != nil {
		t.Errorf("99 bytes more: %v", err)
	} else {
		f.end()
	}
}

// A frame that takes a quarter of the memory is parsed while no other is, but for pauses.
func TestLargeFramesAreParsedOneAfterTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newParsing(tunnel.NewMemory(1000), 1000)
		first, err := p.begin(t.Context(), 400)
		if err != nil {
			t.Fatal(err)
		}
		begun := false
		done := make(chan struct{})
		go func() {
			defer close(done)
			if f, err := p.begin(t.Context(), 10); err == nil {
				begun = true
				f.end()
			}
		}()
		synctest.Wait()
		if begun {
			t.Error("another frame is parsed beside it")
		}
		resume, ok := pauseParsing(first)
		if !ok {
			t.Fatal("it can't pause")
		}
		<-done
		if !begun {
			t.Error("no other frame is parsed while it pauses")
		}
		resume()
		first.end()
	})
}

// What is parsed in part counts while it waits for the cluster. So all that waits takes a quarter of the memory, too.
func TestFramesThatPauseAreBounded(t *testing.T) {
	memory := tunnel.NewMemory(1000)
	p := newParsing(memory, 1000)
	var resume []func()
	for range 2 {
		f, err := p.begin(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		defer f.end()
		again, ok := pauseParsing(f)
		if !ok {
			t.Fatal("200 of 250 bytes can't wait")
		}
		resume = append(resume, again)
	}
	third, err := p.begin(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := pauseParsing(third); ok {
		t.Error("300 of 250 bytes wait")
	}
	third.end()
	for _, again := range resume {
		again()
	}
	if !memory.Take(800) {
		t.Error("more is held than the two frames")
	}
}
