package bridge

import (
	"context"
	"encoding/binary"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// Answers of the broker, rewritten ones and local ones come in the order of the requests.
func TestAnswersKeepTheOrderOfTheirRequests(t *testing.T) {
	ids := make([]int32, 400)
	for i := range ids {
		ids[i] = int32(i*i/7 + i%3)
	}
	for _, size := range []int{0, 1, 5000, 200_000} {
		synctest.Test(t, func(t *testing.T) {
			f := new(scriptedFrames)
			x := newRelayTest(f, t.Context())
			go echoFrames(x.atBroker, size, time.Millisecond)
			go func() {
				for _, id := range ids {
					x.atClient.Write(testRequest(id, 100))
				}
			}()
			for i, id := range ids {
				answer, err := readTestFrame(x.atClient)
				if err != nil {
					t.Fatalf("answer %d: %v, closed with %d", i, err, x.client.code)
				}
				want := 4
				if id%4 == 2 {
					want = 4 + size
				}
				if got := int32(binary.BigEndian.Uint32(answer)); got != id || len(answer) != want {
					t.Fatalf("answer %d is %d of %d bytes, want %d of %d", i, got, len(answer), id, want)
				}
			}
			x.client.leave()
			x.end(t)
			if x.silent {
				t.Error("the broker counts as silent")
			}
			if f.largest > 16 {
				t.Errorf("%d requests waited", f.largest)
			}
		})
	}
}

func TestAnswerThatAnswersNobodyEndsTheConnection(t *testing.T) {
	for name, answer := range map[string][]byte{
		"Unasked":  {0, 0, 0, 4, 0, 0, 0, 7},
		"Negative": {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 7},
		"Short":    {0, 0, 0, 3, 0, 0, 0, 7},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				x := newRelayTest(&heldFrames{}, t.Context())
				x.atBroker.Write(answer)
				x.end(t)
				if x.client.code != tunnel.CodeReset {
					t.Errorf("closed with %d", x.client.code)
				}
			})
		})
	}
}

func TestBrokerThatClosesInAnAnswerIsAReset(t *testing.T) {
	for _, row := range []struct {
		answer []byte
		code   tunnel.Code
	}{
		{[]byte{0, 0, 0, 4, 0, 0, 0, 2}, tunnel.CodeNormal},
		{[]byte{0, 0, 0, 5, 0, 0, 0, 2}, tunnel.CodeReset},
		{[]byte{0, 0, 0}, tunnel.CodeReset},
	} {
		synctest.Test(t, func(t *testing.T) {
			x := newRelayTest(new(scriptedFrames), t.Context())
			go io.Copy(io.Discard, x.atClient)
			x.atClient.Write(testRequest(2, 0))
			readTestFrame(x.atBroker)
			x.atBroker.Write(row.answer)
			x.atBroker.Close()
			x.end(t)
			if x.client.code != row.code {
				t.Errorf("%x: closed with %d, want %d", row.answer, x.client.code, row.code)
			}
		})
	}
}

// A request that is in flight when the identity ends is answered, and none is taken after.
func TestLapsedIdentityAsksNoMore(t *testing.T) {
	for _, delay := range []time.Duration{0, 10 * time.Second, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			lapsed, lapse := context.WithCancelCause(t.Context())
			x := newRelayTest(&heldFrames{}, lapsed)
			go echoFrames(x.atBroker, 0, delay)
			x.atClient.Write(append(testRequest(1, 2), testRequest(2, 2)[:9]...))
			synctest.Wait()
			answers := make(chan int, 1)
			go func() {
				n := 0
				for ; ; n++ {
					if _, err := readTestFrame(x.atClient); err != nil {
						answers <- n
						return
					}
				}
			}()
			started := time.Now()
			lapse(&tunnel.CloseError{Code: tunnel.CodeUnauthorized, Reason: "token: it has expired"})
			x.end(t)
			if x.client.code != tunnel.CodeUnauthorized {
				t.Errorf("closed with %d", x.client.code)
			}
			took := time.Since(started)
			if n := <-answers; n != 1 && delay < lapseTime || took != min(delay, lapseTime) {
				t.Errorf("%d answers after %v, the connection ended after %v", n, delay, took)
			}
			x.atBroker.Close()
			time.Sleep(delay)
		})
	}
}

func TestFrameBeyondTheMemoryIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newRelayTest(new(scriptedFrames), t.Context())
		x.client.most = 100_000
		go io.Copy(io.Discard, x.atBroker)
		x.atClient.Write(testRequest(2, 90_000))
		x.atClient.Write(testRequest(2, 110_000))
		x.end(t)
		if x.client.code != tunnel.CodeTooMany {
			t.Errorf("closed with %d", x.client.code)
		}
	})
}

// An announced frame costs what has come of it.
func TestFrameGrowsAsItsBytesCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newRelayTest(new(scriptedFrames), t.Context())
		frame := testRequest(2, 1<<20-8)
		x.atClient.Write(frame[:9])
		synctest.Wait()
		if x.client.held > firstRoom {
			t.Errorf("9 bytes cost %d", x.client.held)
		}
		x.atClient.Write(frame[9:50_000])
		synctest.Wait()
		if x.client.held > 100_000 {
			t.Errorf("50,000 bytes cost %d", x.client.held)
		}
		x.client.leave()
		x.end(t)
	})
}

// A broker that takes nothing is closed some time after its client has gone.
func TestBrokerThatTakesNothingIsClosedAfterItsClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newRelayTest(new(scriptedFrames), t.Context())
		x.atClient.Write(testRequest(2, 100))
		synctest.Wait()
		started := time.Now()
		x.client.leave()
		x.end(t)
		if took := time.Since(started); took != drainTime {
			t.Errorf("after %v", took)
		}
	})
}

func TestSilentBrokerOfFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newRelayTest(new(scriptedFrames), t.Context())
		x.atClient.Write(testRequest(2, 100))
		readTestFrame(x.atBroker)
		x.atBroker.Close()
		x.end(t)
		if !x.silent {
			t.Error("the broker answered nothing")
		}
	})
}

// What a broker sends to a bridge that has given the authentication up is for nobody.
func TestLateAnswerToARenewalEndsTheRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		x := newRelayTest(&heldFrames{}, t.Context())
		synctest.Wait()
		x.relay.injecting.Store(true)
		x.atBroker.Write([]byte{0, 0, 0, 4, 0, 0, 0, 1})
		synctest.Wait()
		x.client.leave() // then no request is taken any more
		x.end(t)
	})
}
