package bridge_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// framedOrNot is framed, and runs the test with a bridge that only passes bytes on, too.
func framedOrNot(t *testing.T, delay time.Duration, test func(t *testing.T, config func(*testing.T) bridge.Config)) {
	framed(t, delay, test)
	t.Run("Opaque", func(t *testing.T) {
		test(t, func(t *testing.T) bridge.Config {
			return bridge.Config{Authorize: identify, Dial: newBrokers(t, answersMetadata(delay)).dial}
		})
	})
}

// shutDown starts a Shutdown that has 2 min, and returns a function that waits for it.
func (v *virtual) shutDown() (wait func() (took time.Duration, err error)) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	start := time.Now()
	down := make(chan error, 1)
	go func() {
		defer cancel()
		down <- v.bridge.Shutdown(ctx)
	}()
	return func() (time.Duration, error) {
		err := <-down
		return time.Since(start), err
	}
}

func TestShutdownEndsIdleClientsAtOnce(t *testing.T) {
	framedOrNot(t, 0, func(t *testing.T, config func(*testing.T) bridge.Config) {
		bothSubprotocols(t, func(t *testing.T, subprotocol string) {
			inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
				p, unused := v.pipeOf(t, subprotocol, "ci"), v.pipeOf(t, subprotocol, "ci")
				idle := v.connect(t, hostile.Tunnel, nil) // without a stream
				p.send(askMetadata(1, "orders"))
				if _, err := readFrame(&pipeReader{pipe: p}); err != nil {
					t.Fatal(err)
				}
				wait := v.shutDown()
				for _, c := range []pipe{p, unused} {
					if _, code := c.answersUntilEnd(t); code != 1001 {
						t.Errorf("closed with %d", code)
					}
					c.Close()
				}
				if closed, _ := untilEnd(t, idle); closed.Code != 1001 {
					t.Errorf("the session without a stream %v", closed)
				}
				idle.Close()
				if took, err := wait(); err != nil || took > time.Second {
					t.Errorf("Shutdown returned %v after %v", err, took)
				}
			})
		})
	})
}

// What is in flight when the bridge stops is answered. Where the bridge knows requests, it takes no further one.
func TestShutdownLetsTheBrokerAnswer(t *testing.T) {
	const delay = 3 * time.Second
	test := func(isFurther bool) func(t *testing.T, config func(*testing.T) bridge.Config) {
		return func(t *testing.T, config func(*testing.T) bridge.Config) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
					p := v.pipeOf(t, subprotocol, "ci")
					p.send(askMetadata(1, "orders"))
					time.Sleep(time.Second)
					wait := v.shutDown()
					time.Sleep(time.Second)
					if isFurther {
						p.send(askMetadata(2, "orders"))
					}
					if ids, code := p.answersUntilEnd(t); code != 1001 || !slices.Equal(ids, []uint32{1}) {
						t.Errorf("answers %v, closed with %d", ids, code)
					}
					p.Close()
					if took, err := wait(); err != nil || took > delay {
						t.Errorf("Shutdown returned %v after %v", err, took)
					}
				})
			})
		}
	}
	t.Run("OneRequest", func(t *testing.T) { framedOrNot(t, delay, test(false)) })
	t.Run("Another", func(t *testing.T) { framed(t, delay, test(true)) })
}

// dribbles is a broker that answers one request, in parts.
func dribbles(parts int, pause time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := readFrame(c); err != nil {
			return
		}
		for _, b := range response(1, make([]byte, parts-8)) {
			time.Sleep(pause)
			c.Write([]byte{b})
		}
		readFrame(c) // until the connection ends
	}
}

// An answer under way comes whole: in parts with pauses shorter than quietTime, or over a link on which each message
// takes longer than that.
func TestShutdownWaitsForTheRestOfAnAnswer(t *testing.T) {
	const size = 1 << 20
	atOnce := func(c net.Conn) {
		if _, err := readFrame(c); err == nil {
			c.Write(response(1, make([]byte, size)))
			readFrame(c) // until the connection ends
		}
	}
	for name, row := range map[string]struct {
		serve func(net.Conn)
		rate  int // of the link
	}{"InParts": {dribbles(30, 200*time.Millisecond), 0}, "SlowClient": {atOnce, 24 << 10}} {
		config := func(t *testing.T) bridge.Config {
			// The memory bounds what waits for the link.
			return bridge.Config{MaxMemory: 4 << 20, Dial: newBrokers(t, row.serve).dial}
		}
		t.Run(name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				inVirtualTime(t, row.rate, config, func(t *testing.T, v *virtual) {
					p := v.pipe(t, subprotocol, 2*size)
					p.send(askMetadata(1, "orders"))
					time.Sleep(time.Second)
					wait := v.shutDown()
					if ids, code := p.answersUntilEnd(t); code != 1001 || len(ids) != 1 {
						t.Errorf("answers %v, closed with %d", ids, code)
					}
					p.Close()
					if took, err := wait(); err != nil {
						t.Errorf("Shutdown returned %v after %v", err, took)
					}
				})
			})
		})
	}
}

// The bridge tells a client that its identity has ended, even if it goes away before the last answer comes.
func TestExpiryExplainsMoreThanGoingAway(t *testing.T) {
	for name, goAway := range map[string]func(v *virtual){
		"MaxSessionAge": func(*virtual) { time.Sleep(12 * time.Second) },
		"Shutdown":      func(v *virtual) { v.shutDown()() },
	} {
		t.Run(name, func(t *testing.T) {
			framed(t, time.Hour, func(t *testing.T, config func(*testing.T) bridge.Config) {
				bothSubprotocols(t, func(t *testing.T, subprotocol string) {
					aged := func(t *testing.T) bridge.Config {
						c := config(t)
						c.MaxSessionAge = time.Minute
						return c
					}
					inVirtualTime(t, 0, aged, func(t *testing.T, v *virtual) {
						p := v.pipeOf(t, subprotocol, "ci/50s")
						go func() {
							time.Sleep(48 * time.Second)
							p.send(askMetadata(1, "orders"))
							time.Sleep(4 * time.Second) // the identity has ended
							goAway(v)
							if !p.raw {
								p.Send(hostile.Open(2, 1<<20, memoryBroker))
							}
						}()
						for {
							b, err := p.Receive()
							if err != nil {
								wantUnauthorized(t, err.(*hostile.Closed), "expired")
								break
							}
							if m, err := hostile.Parse(b); !p.raw && err == nil && m.Type == hostile.TypeClose && m.Code() != 4401 {
								t.Errorf("got %v, code 4401 was expected", m)
							}
						}
						p.Close()
						time.Sleep(time.Hour) // for the broker
					})
				})
			})
		})
	}
}
