package core

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestPipelineAgainstAModel runs random callers against a random broker over a random network. In the
// model, a call gets the answer to its own request, or an error for a reason. The broker gets each
// request once and whole, none from a call that failed unsent, and never more than MaxInFlight.
func TestPipelineAgainstAModel(t *testing.T) {
	for seed := range uint64(50) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				m := &pipelineModel{
					t:       t,
					stream:  newMemoryStream(),
					most:    1 + random.IntN(20),
					silent:  random.IntN(4) == 0,
					got:     make(map[string]bool),
					refused: make(map[string]bool),
				}
				m.run(random)
			})
		})
	}
}

type pipelineModel struct {
	t      *testing.T
	p      *Pipeline
	stream *memoryStream
	most   int
	silent bool // the broker leaves some requests unanswered

	mu      sync.Mutex
	got     map[string]bool // what the broker got
	refused map[string]bool // what it must not get
	open    int             // how many it has still to answer
	broken  bool            // the connection was
}

func (m *pipelineModel) run(random *rand.Rand) {
	m.stream.room = 0
	m.p = NewPipeline(NewConn(m.stream, Options{}), PipelineOptions{MaxInFlight: m.most, StallTimeout: time.Minute})
	fork := func() *rand.Rand { return rand.New(rand.NewPCG(random.Uint64(), random.Uint64())) }
	var callers, others sync.WaitGroup
	network, broker, breaker := fork(), fork(), fork()
	others.Go(func() { m.runNetwork(network) })
	others.Go(func() { m.runBroker(broker) })
	if random.IntN(3) == 0 {
		others.Go(func() { m.breakSome(breaker) })
	}
	for i := range 1 + random.IntN(30) {
		r := fork()
		callers.Go(func() { m.runCaller(r, i) })
	}
	callers.Wait()
	m.p.Close()
	others.Wait()
	for body := range m.refused {
		if m.got[body] {
			m.t.Errorf("request %.20q was sent though its call failed before", body)
		}
	}
}

func (m *pipelineModel) runCaller(random *rand.Rand, caller int) {
	for i := range 20 {
		time.Sleep(time.Duration(random.IntN(20)) * time.Millisecond)
		body := fmt.Sprintf("%d.%d ", caller, i) + strings.Repeat("x", random.IntN(50))
		if random.IntN(20) == 0 {
			body += strings.Repeat("l", random.IntN(3*pipelineAhead))
		}
		callCtx, cancel := context.Background(), func() {}
		switch after := time.Duration(random.IntN(100)) * time.Millisecond; random.IntN(4) {
		case 0:
			callCtx, cancel = context.WithTimeout(callCtx, after)
		case 1:
			callCtx, cancel = context.WithCancel(callCtx)
			time.AfterFunc(after, cancel)
		}
		if random.IntN(6) == 0 {
			body = "post " + body
			m.check(callCtx, body, m.p.Post(callCtx, requestOf(body)), ErrNoConnection)
		} else {
			response, err := m.p.RoundTrip(callCtx, requestOf(body), make([]byte, random.IntN(100)))
			if err == nil && string(response[4:]) != "re "+body {
				m.t.Errorf("request %.20q got %.20q", body, response[4:])
			}
			m.check(callCtx, body, err, ErrCannotSend)
		}
		cancel()
	}
}

// check checks a call's error against the model. If its code is notSent, the request was not sent.
func (m *pipelineModel) check(ctx context.Context, body string, err error, notSent Code) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case err == nil:
		if !strings.HasPrefix(body, "post ") && !m.got[body] {
			m.t.Errorf("request %.20q has an answer, but the broker never got it", body)
		}
	case ctx.Err() != nil && errors.Is(err, ctx.Err()):
		if errors.Is(err, notSent) {
			m.refused[body] = true
		}
	case !m.broken && !m.silent:
		m.t.Errorf("request %.20q: %v", body, err)
	}
}

// runNetwork accepts the bytes sent, a few at a time.
func (m *pipelineModel) runNetwork(random *rand.Rand) {
	for {
		select {
		case <-m.p.Done():
			return
		case <-time.After(time.Duration(random.IntN(5)) * time.Millisecond):
			m.stream.take(random.IntN(1 << random.IntN(18)))
		}
	}
}

// runBroker answers requests after some time, in no order.
func (m *pipelineModel) runBroker(random *rand.Rand) {
	var answers sync.WaitGroup
	defer answers.Wait()
	for at := 0; ; {
		r, ok := m.stream.request(&at)
		if !ok {
			return
		}
		m.mu.Lock()
		if m.got[r.body] {
			m.t.Errorf("request %.20q was sent twice", r.body)
		}
		m.got[r.body] = true
		if strings.HasPrefix(r.body, "post ") {
			m.mu.Unlock()
			continue
		}
		if m.open++; m.open > m.most {
			m.t.Errorf("%d requests are in flight, %d may be", m.open, m.most)
		}
		m.mu.Unlock()
		if m.silent && random.IntN(20) == 0 {
			continue
		}
		response := frame(responseTo(r.id, "re "+r.body))
		delay, piece := time.Duration(random.IntN(50))*time.Millisecond, 1+len(response)/(1+random.IntN(20))
		answers.Go(func() {
			time.Sleep(delay)
			m.mu.Lock()
			defer m.mu.Unlock()
			m.open--
			for rest := response; rest != ""; {
				n := min(piece, len(rest))
				m.stream.say(rest[:n])
				rest = rest[n:]
			}
		})
	}
}

func (m *pipelineModel) breakSome(random *rand.Rand) {
	select {
	case <-time.After(time.Duration(random.IntN(500)) * time.Millisecond):
	case <-m.p.Done():
	}
	m.mu.Lock()
	m.broken = true
	m.mu.Unlock()
	if random.IntN(2) == 0 {
		m.p.Close()
	} else {
		m.stream.hangUp(io.EOF)
	}
}

// request waits until the request that begins at an offset in the bytes sent is whole, and returns it. It
// reports false if the stream is closed before.
func (s *memoryStream) request(at *int) (r sentRequest, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		rest := s.written[*at:]
		if len(rest) >= 4 {
			if n := 4 + int(binary.BigEndian.Uint32(rest)); len(rest) >= n {
				*at += n
				return sentRequest{int32(binary.BigEndian.Uint32(rest[8:])), string(rest[12:n])}, true
			}
		}
		if s.closed {
			return r, false
		}
		s.changed.Wait()
	}
}
