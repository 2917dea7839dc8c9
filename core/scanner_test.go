package core

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestScannerTellsFrames(t *testing.T) {
	for _, test := range exchanges {
		t.Run(test.name, func(t *testing.T) {
			r := scanAll(test.passages, whole)
			if !slices.Equal(r.lines, test.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(r.lines, "\n"), strings.Join(test.want, "\n"))
			}
			checkShown(t, r, test.passages)
		})
	}
}

func TestScannerTellsTheSameOfAnyCutting(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, test := range exchanges {
		t.Run(test.name, func(t *testing.T) {
			check := func(how string, cut func(left int) int) {
				t.Helper()
				r := scanAll(test.passages, cut)
				if !slices.Equal(r.lines, test.want) {
					t.Fatalf("%s: got\n%s\nwant\n%s", how, strings.Join(r.lines, "\n"), strings.Join(test.want, "\n"))
				}
				checkShown(t, r, test.passages)
			}
			longest := 0
			for _, p := range test.passages {
				longest = max(longest, len(p.bytes))
			}
			for size := range min(longest, 100) {
				check(fmt.Sprintf("pieces of %d", size+1), func(left int) int { return min(left, size+1) })
			}
			for range 100 {
				check("random pieces", func(left int) int { return 1 + random.IntN(left) })
			}
		})
	}
}

func TestScannerMeasuresLatencyFromHeaderToHeader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var latencies []time.Duration
		s := NewScanner(&Trace{Frame: func(f FrameInfo) { latencies = append(latencies, f.Latency) }})
		request, response := []byte(aRequest(1, 17, 1, "body")), []byte(aResponse(1, "records"))
		s.Sent(request[:14])
		time.Sleep(time.Second)
		s.Sent(request[14:])
		s.Sent([]byte(aRequest(3, 12, 2, "")))
		time.Sleep(time.Minute)
		s.Received(response[:8])
		time.Sleep(time.Hour)
		s.Received(response[8:])
		s.Received([]byte(aResponse(2, "")))
		if want := []time.Duration{0, 0, time.Minute + time.Second, time.Hour + time.Minute}; !slices.Equal(latencies, want) {
			t.Errorf("got %v, want %v", latencies, want)
		}
	})
}

func TestScannerRemembersABoundedNumberOfRequests(t *testing.T) {
	t.Run("those without a response", func(t *testing.T) {
		r := new(recorder)
		s := NewScanner(r.trace())
		for i := range 3 * maxInFlight {
			s.Sent([]byte(aRequest(apiProduce, 11, int32(i), "")))
		}
		s.Sent([]byte(aRequest(3, 12, -1, "")))
		s.Received([]byte(aResponse(-1, "")))
		if got, want := r.lines[len(r.lines)-1], "< 3 v12 #-1 8"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if len(s.inFlight.ring) > maxInFlight {
			t.Errorf("%d requests are remembered", len(s.inFlight.ring))
		}
	})
	t.Run("a broker that answers none", func(t *testing.T) {
		r := new(recorder)
		s := NewScanner(r.trace())
		for i := range maxInFlight + 2 {
			s.Sent([]byte(aRequest(3, 12, int32(i), "")))
		}
		if got, want := r.lines[maxInFlight:], []string{"> dark: 4096 requests wait for a response"}; !slices.Equal(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestScannerSaysOnceThatBytesAreMissing(t *testing.T) {
	r := new(recorder)
	s := NewScanner(r.trace())
	s.Sent([]byte(aRequest(3, 12, 1, "")))
	s.Lost(errors.New("the tape was full"))
	s.Lost(errors.New("the tape was full"))
	s.Sent([]byte(aRequest(3, 12, 2, "")))
	s.Received([]byte(aResponse(1, "")))
	if want := []string{"> 3 v12 #1 17", "> dark: the tape was full"}; !slices.Equal(r.lines, want) {
		t.Errorf("got %s, want %s", r.lines, want)
	}
}

func TestScannerServesATraceOfAnyFields(t *testing.T) {
	for _, trace := range []*Trace{{}, {Frame: func(FrameInfo) {}}, {Bytes: func(bool, []byte) {}}} {
		s := NewScanner(trace)
		for _, test := range exchanges {
			for _, p := range test.passages {
				if p.out {
					s.Sent([]byte(p.bytes))
				} else {
					s.Received([]byte(p.bytes))
				}
			}
		}
	}
}

func TestScannerAllocatesNothing(t *testing.T) {
	var frames, bytes int
	s := NewScanner(&Trace{
		Frame: func(f FrameInfo) { frames++ },
		Bytes: func(_ bool, p []byte) { bytes += len(p) },
	})
	request, response := []byte(aRequest(1, 17, 1, "body")), []byte(aResponse(1, strings.Repeat("records", 1000)))
	exchange := func() {
		for range 10 {
			s.Sent(request[:7])
			s.Sent(request[7:])
		}
		for range 10 {
			s.Received(response[:5])
			s.Received(response[5:])
		}
	}
	if n := testing.AllocsPerRun(1000, exchange); n != 0 {
		t.Errorf("%v allocations", n)
	}
	const runs = 1001 * 10
	if wantBytes := runs * (len(request) + len(response)); frames != 2*runs || bytes != wantBytes {
		t.Errorf("%d frames and %d bytes were told, want %d and %d", frames, bytes, 2*runs, wantBytes)
	}
}

// Requests and responses pass at the same time, as they do on a connection.
func TestScannerSeesBothDirectionsAtOnce(t *testing.T) {
	const n = 5000
	var mu sync.Mutex
	told := map[bool]int{}
	s := NewScanner(&Trace{Frame: func(f FrameInfo) {
		mu.Lock()
		defer mu.Unlock()
		told[f.Out]++
		if f.APIKey != 3 {
			t.Errorf("told of %+v", f)
		}
	}})
	ids := make(chan int32, 100)
	go func() {
		defer close(ids)
		for i := range int32(n) {
			s.Sent([]byte(aRequest(3, 12, i, "topics")))
			ids <- i
		}
	}()
	for i := range ids {
		s.Received([]byte(aResponse(i, "metadata")))
	}
	if told[true] != n || told[false] != n {
		t.Errorf("%d requests and %d responses were told of, want %d", told[true], told[false], n)
	}
}

// FuzzScanner passes any bytes through two Scanners, in different pieces.
func FuzzScanner(f *testing.F) {
	for _, test := range exchanges {
		var all []byte
		for _, p := range test.passages {
			direction := byte(0)
			if p.out {
				direction = 1
			}
			all = append(append(all, direction, byte(len(p.bytes))), p.bytes[:min(len(p.bytes), 255)]...)
		}
		f.Add(all, uint64(3))
	}
	f.Fuzz(func(t *testing.T, all []byte, seed uint64) {
		var passages []passage
		for len(all) > 2 {
			n := min(int(all[1]), len(all)-2)
			passages = append(passages, passage{all[0]&1 == 1, string(all[2 : 2+n])})
			all = all[2+n:]
		}
		random := rand.New(rand.NewPCG(seed, 0))
		a := scanAll(passages, whole)
		b := scanAll(passages, func(left int) int { return 1 + random.IntN(left) })
		if !slices.Equal(a.lines, b.lines) || !slices.Equal(a.shown, b.shown) {
			t.Errorf("whole:\n%s\n%q\nin pieces:\n%s\n%q", strings.Join(a.lines, "\n"), a.shown, strings.Join(b.lines, "\n"), b.shown)
		}
		for i, line := range a.lines {
			if strings.Contains(line, "withheld") && a.shown[i] != "" {
				t.Errorf("%s: %q was shown", line, a.shown[i])
			}
		}
	})
}
