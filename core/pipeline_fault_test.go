package core

import (
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A fault is an event at some byte of a connection.
type fault struct {
	name string
	err  error // of the stream; nil: it stalls
}

var faults = []fault{
	{"cut", io.EOF},
	{"reset", &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}},
	{"stall", nil},
}

const faultStall = 10 * time.Second

// exchangeWithFault makes two calls; the fault decides whether the first gets its response. It returns
// how the calls ended, and fails if one takes longer than it may.
func exchangeWithFault(t *testing.T, p *Pipeline) (first, second result) {
	t.Helper()
	calls := []<-chan result{goRoundTrip(ctx, p, "request"), nil}
	synctest.Wait()
	calls[1] = goRoundTrip(ctx, p, "request")
	first, second = <-calls[0], <-calls[1]
	for _, r := range []result{first, second} {
		if r.took > faultStall+faultStall/10 {
			t.Errorf("a stall timeout of %v took %v", faultStall, r.took)
		}
	}
	<-p.Done()
	_, err := p.RoundTrip(ctx, requestOf(""), nil)
	check(t, err, ErrNoConnection, 0, 12, net.ErrClosed)
	return first, second
}

// checkFault checks that the error has the cause that broke the connection.
func checkFault(t *testing.T, err error, f fault, code Code, done, want int) {
	t.Helper()
	cause := f.err
	switch {
	case f.err == nil:
		cause = os.ErrDeadlineExceeded
	case f.err == io.EOF && code != ErrNoConnection:
		cause = io.ErrUnexpectedEOF
	}
	check(t, err, code, done, want, cause)
	if err.(*Error).Timeout() != (f.err == nil) {
		t.Errorf("%v: is it a timeout?", err)
	}
}

// These tests close nothing, so that synctest.Test finds goroutines that a fault leaves behind.
func TestFaultAtEveryByteOfARequest(t *testing.T) {
	whole := len(frame(string(requestOf("request"))))
	for _, f := range faults {
		for at := range whole {
			t.Run(fmt.Sprintf("%s at %d", f.name, at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newMemoryStream()
					s.room, s.broken = at, f.err
					p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: faultStall})
					first, second := exchangeWithFault(t, p)
					checkFault(t, first.err, f, ErrCannotSend, at, whole)
					if f.err == nil && first.err != second.err {
						t.Errorf("of two calls one got %v, the other %v", first.err, second.err)
					}
				})
			})
		}
	}
}

func TestFaultAtEveryByteOfAResponse(t *testing.T) {
	whole := frame(responseTo(1, "response"))
	for _, piecewise := range []bool{false, true} {
		for _, f := range faults {
			for at := range len(whole) + 1 {
				t.Run(fmt.Sprintf("%s at %d, piecewise %v", f.name, at, piecewise), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						s := newMemoryStream()
						p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: faultStall})
						time.AfterFunc(time.Millisecond, func() {
							if piecewise {
								for _, b := range []byte(whole[:at]) {
									s.say(string(b))
								}
							} else if at > 0 {
								s.say(whole[:at])
							}
							if f.err != nil {
								s.hangUp(f.err)
							}
						})
						first, second := exchangeWithFault(t, p)
						code, done, want := ErrCannotReceive, at, 4
						if at >= 4 {
							want = len(whole)
						}
						if at == len(whole) {
							if first.err != nil || string(first.response) != whole[4:] {
								t.Errorf("got %q, %v", first.response, first.err)
							}
							done, want = 0, 4
						}
						if done == 0 && f.err != nil {
							code = ErrNoConnection
						}
						checkFault(t, second.err, f, code, done, want)
						if at < len(whole) && first.err != second.err {
							t.Errorf("of two calls one got %v, the other %v", first.err, second.err)
						}
					})
				})
			}
		}
	}
}

// A response larger than the buffer is read by other code.
func TestFaultWithinALargeResponse(t *testing.T) {
	whole := frame(responseTo(1, string(make([]byte, 3*firstGrowth))))
	for _, f := range faults {
		for _, at := range []int{1, 4, 8, 9, pipelineAhead - 1, pipelineAhead, pipelineAhead + 1, firstGrowth + 4, len(whole) - 1} {
			t.Run(fmt.Sprintf("%s at %d", f.name, at), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newMemoryStream(whole[:at])
					s.end = f.err
					p := NewPipeline(NewConn(s, Options{}), PipelineOptions{StallTimeout: faultStall})
					_, err := p.RoundTrip(ctx, requestOf("request"), nil)
					want := 4
					if at >= 4 {
						want = len(whole)
					}
					checkFault(t, err, f, ErrCannotReceive, at, want)
				})
			})
		}
	}
}
