package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

func TestBrokerThatHasJustJoinedIsNotDenied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "new": {"192.0.2.2"}}}
		defer f.close()
		ts := f.targets(t, "broker")
		if _, refusal := ts.connect(t.Context(), tunnel.Open{Target: "stranger"}, nobody); refusal == nil || refusal.Code != tunnel.CodeDenied {
			t.Fatal(refusal)
		}
		f.join("new:9092")
		started := time.Now()
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: "new", ResolveTimeout: time.Second, ConnectTimeout: time.Second}, nobody)
		if refusal != nil {
			t.Errorf("a second after somebody else's question: %v", refusal)
		}
		if took := time.Since(started); took != questionEvery {
			t.Errorf("took %v, want %v", took, questionEvery)
		}
	})
}

func TestBrokerThatTheAskedOneLearnsOfLaterIsNotDenied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "new": {"192.0.2.2"}}}
		defer f.close()
		ts := f.targets(t, "broker")
		time.AfterFunc(500*time.Millisecond, func() { f.join("new:9092") })
		if _, refusal := ts.connect(t.Context(), tunnel.Open{Target: "new"}, nobody); refusal != nil || f.questions() != 2 {
			t.Errorf("%v, after %d questions", refusal, f.questions())
		}
	})
}

func TestClientThatCannotWaitForASecondAnswerIsDenied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}}
		defer f.close()
		ts := f.targets(t, "broker")
		limit := questionEvery / 4
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: "stranger", ResolveTimeout: limit, ConnectTimeout: limit}, nobody)
		if refusal == nil || refusal.Code != tunnel.CodeDenied || f.questions() != 1 {
			t.Errorf("%v, after %d questions", refusal, f.questions())
		}
	})
}

func TestBrokerThatIsMissingForAWhileIsNotDenied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}, "second": {"192.0.2.2"}}}
		defer f.close()
		f.join("second:9092")
		ts := f.targets(t, "broker")
		wants := func(target string, code tunnel.Code) {
			t.Helper()
			c, refusal := ts.connect(t.Context(), tunnel.Open{Target: target}, nobody)
			if c != nil {
				c.Close()
			}
			if refusal == nil && code != 0 || refusal != nil && refusal.Code != code {
				t.Errorf("%s: %v, want %d", target, refusal, code)
			}
		}
		wants("second", 0)
		f.leaves("second:9092")
		wants("stranger", tunnel.CodeDenied)
		wants("second", tunnel.CodeUnreachable) // which isn't connected to, and may be tried again
		f.join("second:9092")
		wants("second", 0)
		f.leaves("second:9092")
		wants("stranger", tunnel.CodeDenied)
		time.Sleep(rememberFor)
		wants("second", tunnel.CodeDenied)
	})
}

func TestAnswerThatWasOnItsWayDeniesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{known: new(knownBrokers)}
		var questions int
		c.ask = func(context.Context) (answer, *tunnel.CloseError) {
			questions++
			joined := questions > 1
			time.Sleep(100 * time.Millisecond)
			return answer{brokers: map[target]bool{{"new", 9092}: joined}}, nil
		}
		var clients sync.WaitGroup
		clients.Go(func() {
			if refusal := c.allows(t.Context(), target{"stranger", 9092}); refusal == nil || refusal.Code != tunnel.CodeDenied {
				t.Error(refusal)
			}
		})
		time.Sleep(50 * time.Millisecond)
		clients.Go(func() {
			if refusal := c.allows(t.Context(), target{"new", 9092}); refusal != nil {
				t.Error(refusal)
			}
		})
		clients.Wait()
	})
}

func TestFloodOfStrangersAsksOnceASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{names: map[string][]string{"broker": {"192.0.2.1"}}}
		defer f.close()
		ts := f.targets(t, "broker")
		before := runtime.NumGoroutine()
		var clients sync.WaitGroup
		for i := range 1000 {
			clients.Go(func() {
				for j := range 3 {
					_, refusal := ts.connect(t.Context(), tunnel.Open{Target: fmt.Sprintf("stranger-%d-%d", i, j)}, nobody)
					if refusal == nil || refusal.Code != tunnel.CodeDenied {
						t.Error(refusal)
					}
				}
			})
		}
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		if n := runtime.NumGoroutine() - before; n > 1000+10 {
			t.Errorf("%d goroutines serve 1000 clients", n)
		}
		started := time.Now()
		clients.Wait()
		if n, most := f.questions(), 2+int(time.Since(started)/time.Second); n > most {
			t.Errorf("%d questions in %v", n, time.Since(started))
		}
	})
}

func TestThoseThatWaitForAnAnswerAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{known: new(knownBrokers), ask: func(context.Context) (answer, *tunnel.CloseError) {
			time.Sleep(time.Second)
			return answer{}, nil
		}}
		var clients sync.WaitGroup
		for range maxWaiting {
			clients.Go(func() { c.allows(t.Context(), target{"stranger", 9092}) })
		}
		synctest.Wait()
		if refusal := c.allows(t.Context(), target{"stranger", 9092}); refusal == nil || refusal.Code != tunnel.CodeTooMany {
			t.Error(refusal)
		}
		clients.Wait()
	})
}

func TestClusterThatCannotBeAskedDeniesNobody(t *testing.T) {
	for _, row := range []struct {
		name string
		net  func() *fakeNet
		code tunnel.Code
		want string
	}{
		{"refuses", func() *fakeNet { return &fakeNet{fail: map[string]error{at1: syscall.ECONNREFUSED}} }, tunnel.CodeUnreachable, "refused: nothing listens at 192.0.2.1:9092"},
		{"answers no attempt", func() *fakeNet { return &fakeNet{blackHole: map[string]bool{at1: true}} }, tunnel.CodeTimeout, ""},
		{"says nothing", func() *fakeNet { return &fakeNet{mute: map[string]bool{at1: true}} }, tunnel.CodeTimeout, ""},
	} {
		for _, limit := range []time.Duration{time.Second, time.Minute} {
			synctest.Test(t, func(t *testing.T) {
				f := row.net()
				defer f.close()
				started := time.Now()
				_, refusal := f.targets(t, at1).connect(t.Context(), tunnel.Open{Target: "second", ResolveTimeout: limit, ConnectTimeout: limit}, nobody)
				if refusal == nil || refusal.Code != row.code || !refusal.ReasonIs("cluster") || !strings.Contains(refusal.Reason, "second:9092") || !strings.Contains(refusal.Reason, row.want) {
					t.Errorf("%s, %v: %v", row.name, limit, refusal)
				}
				if took := time.Since(started); took > min(2*limit, questionTimeout) {
					t.Errorf("%s, %v: took %v", row.name, limit, took)
				}
				time.Sleep(questionTimeout)
			})
		}
	}
}

func TestDeadBrokerDoesNotHoldTheQuestionUp(t *testing.T) {
	for name, f := range map[string]*fakeNet{
		"answers no attempt": {blackHole: map[string]bool{at1: true}},
		"says nothing":       {mute: map[string]bool{at1: true}},
	} {
		synctest.Test(t, func(t *testing.T) {
			defer f.close()
			f.cluster = []string{at3}
			ts := f.targets(t, at1, at2)
			started := time.Now()
			c, refusal := ts.connect(t.Context(), tunnel.Open{Target: at3}, nobody)
			if refusal != nil {
				t.Fatalf("%s: %v", name, refusal)
			}
			c.Close()
			if took := time.Since(started); took > 300*time.Millisecond {
				t.Errorf("%s: took %v", name, took)
			}
			f.attempts()
			if f.bootstrap(t, ts, time.Second); f.attempts()[0] != at2 {
				t.Errorf("%s: the broker that said nothing is still first", name)
			}
		})
	}
}

// A deaf connection heeds no deadline.
type deafConn struct{ net.Conn }

func (deafConn) SetDeadline(time.Time) error      { return errors.New("no deadlines here") }
func (deafConn) SetReadDeadline(time.Time) error  { return errors.New("no deadlines here") }
func (deafConn) SetWriteDeadline(time.Time) error { return errors.New("no deadlines here") }

func TestQuestionOverAConnectionWithoutDeadlinesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeNet{mute: map[string]bool{at1: true}}
		ts := f.targets(t, at1)
		ts.dialer.dialOne = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := f.dial(ctx, network, addr)
			return deafConn{c}, err
		}
		_, refusal := ts.connect(t.Context(), tunnel.Open{Target: "second"}, nobody)
		if refusal == nil || refusal.Code == tunnel.CodeDenied {
			t.Error(refusal)
		}
		f.brokers.Wait() // without close: the bridge has closed the connection
	})
}
