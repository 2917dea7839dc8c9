package bridge_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// failingDeadlines is a connection that has no deadlines and says so, as an ssh channel's.
type failingDeadlines struct{ net.Conn }

var errNoDeadlines = errors.New("no deadlines here")

func (failingDeadlines) SetDeadline(time.Time) error      { return errNoDeadlines }
func (failingDeadlines) SetReadDeadline(time.Time) error  { return errNoDeadlines }
func (failingDeadlines) SetWriteDeadline(time.Time) error { return errNoDeadlines }

// idleDeadlines is a connection that has no deadlines and says nothing.
type idleDeadlines struct{ net.Conn }

func (idleDeadlines) SetDeadline(time.Time) error      { return nil }
func (idleDeadlines) SetReadDeadline(time.Time) error  { return nil }
func (idleDeadlines) SetWriteDeadline(time.Time) error { return nil }

// noAddress is a connection that has no addresses.
type noAddress struct{ net.Conn }

func (noAddress) LocalAddr() net.Addr  { return nil }
func (noAddress) RemoteAddr() net.Addr { return nil }

var oddConns = []struct {
	name string
	wrap func(net.Conn) net.Conn
}{
	{"DeadlinesFail", func(c net.Conn) net.Conn { return failingDeadlines{c} }},
	{"DeadlinesDoNothing", func(c net.Conn) net.Conn { return idleDeadlines{c} }},
	{"NoAddress", func(c net.Conn) net.Conn { return noAddress{c} }},
}

// withDialed returns a Config whose brokers neither read nor send, behind connections of a kind.
func withDialed(wrap func(net.Conn) net.Conn, all **brokers) func(*testing.T) bridge.Config {
	return func(t *testing.T) bridge.Config {
		*all = newBrokers(t, nil)
		(*all).wrap = wrap
		return bridge.Config{Dial: (*all).dial}
	}
}

// TestDialedConnectionIsClosedAfterItsClient has a broker that takes nothing: 10 s are its time.
func TestDialedConnectionIsClosedAfterItsClient(t *testing.T) {
	for _, row := range oddConns {
		t.Run(row.name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				var brokers *brokers
				inVirtualTime(t, 0, withDialed(row.wrap, &brokers), func(t *testing.T, v *virtual) {
					p := v.pipe(t, subprotocol, 1<<20)
					if err := p.send([]byte("undelivered")); err != nil {
						t.Fatal(err)
					}
					time.Sleep(time.Second) // virtual: until the bridge writes it
					p.Close()
					mustBeWithin(t, "the broker's connection was closed", brokers.untilClosed(10*time.Minute), 0, 15*time.Second)
				})
			})
		})
	}
}

func TestDialedConnectionIsClosedAfterItsStream(t *testing.T) {
	for _, row := range oddConns {
		t.Run(row.name, func(t *testing.T) {
			var brokers *brokers
			inVirtualTime(t, 0, withDialed(row.wrap, &brokers), func(t *testing.T, v *virtual) {
				p := v.pipe(t, hostile.Tunnel, 1<<20)
				send(t, p.Conn, hostile.Data(1, []byte("undelivered")), hostile.CloseStream(1, 1000, ""))
				mustBeWithin(t, "the broker's connection was closed", brokers.untilClosed(10*time.Minute), 0, 15*time.Second)
				open(t, p.Conn, 2, 1<<20, memoryBroker) // and the session goes on
			})
		})
	}
}

func TestShutdownClosesDialedConnections(t *testing.T) {
	for _, row := range oddConns {
		t.Run(row.name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				var brokers *brokers
				inVirtualTime(t, 0, withDialed(row.wrap, &brokers), func(t *testing.T, v *virtual) {
					v.pipe(t, subprotocol, 1<<20)
					time.Sleep(time.Second) // virtual: until a raw client's broker is connected
					mustShutDown(t, v)
					mustBeWithin(t, "the broker's connection was closed", brokers.untilClosed(10*time.Minute), 0, 15*time.Second)
				})
			})
		})
	}
}

// mustShutDown shuts the bridge down with a context of a second, which is all the time that it may take.
func mustShutDown(t *testing.T, v *virtual) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	start := time.Now()
	down := make(chan error, 1)
	go func() { down <- v.bridge.Shutdown(ctx) }()
	select {
	case err := <-down:
		mustBeWithin(t, "Shutdown returned", time.Since(start), 0, 1500*time.Millisecond)
		t.Logf("Shutdown: %v", err)
	case <-time.After(5 * time.Minute):
		t.Error("Shutdown did not return within 5m, its context ended after 1s")
	}
}

// stuckClose is a connection whose Close waits.
type stuckClose struct {
	net.Conn
	release <-chan struct{}
}

func (c stuckClose) Close() error {
	<-c.release
	return c.Conn.Close()
}

func TestShutdownReturnsWhateverHangs(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		for _, row := range []struct {
			name   string
			config func(*brokers, <-chan struct{}) bridge.Config
			opened bool // the broker is connected
		}{
			{"Authorize", func(b *brokers, released <-chan struct{}) bridge.Config {
				return bridge.Config{Dial: b.dial, Authorize: func(context.Context, *http.Request, string) (bridge.Identity, error) {
					<-released
					return bridge.Identity{}, errors.New("too late")
				}}
			}, false},
			{"Dial", func(_ *brokers, released <-chan struct{}) bridge.Config {
				return bridge.Config{Dial: func(context.Context, string, string) (net.Conn, error) {
					<-released
					return nil, errors.New("too late")
				}}
			}, false},
			{"Close", func(b *brokers, released <-chan struct{}) bridge.Config {
				b.wrap = func(c net.Conn) net.Conn { return stuckClose{c, released} }
				return bridge.Config{Dial: b.dial}
			}, true},
		} {
			t.Run(row.name, func(t *testing.T) {
				config := func(t *testing.T) bridge.Config {
					brokers, release := newBrokers(t, nil), make(chan struct{})
					t.Cleanup(func() { close(release) })
					return row.config(brokers, release)
				}
				inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
					c := v.connect(t, subprotocol, http.Header{"Authorization": {"Bearer token"}})
					if subprotocol == hostile.Tunnel {
						send(t, c, hostile.Auth("token"), hostile.Open(1, 1<<20, memoryBroker))
						if row.opened {
							expect(t, c, hostile.TypeOpened, 1)
						}
					}
					time.Sleep(time.Second) // virtual: until the bridge hangs
					mustShutDown(t, v)
				})
			})
		}
	})
}

// unwritable is a connection whose writes fail, and whose Read waits for Close.
type unwritable struct{ net.Conn }

func (unwritable) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestBrokerThatCannotBeWrittenToEndsItsStream(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		var brokers *brokers
		config := withDialed(func(c net.Conn) net.Conn { return unwritable{c} }, &brokers)
		inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			if err := p.send([]byte("?")); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			var code int
			switch subprotocol {
			case hostile.Raw:
				code = mustEnd(t, p.Conn).Code
			default:
				code = expect(t, p.Conn, hostile.TypeClose, 1).Code()
			}
			if took := time.Since(start); code != 4503 || took > 2*time.Second {
				t.Errorf("closed with %d after %v, 4503 within 2s was expected", code, took)
			}
			if took := brokers.untilClosed(time.Minute); took > time.Second {
				t.Errorf("the broker's connection was closed after %v", took)
			}
		})
	})
}

// TestBrokerThatSaysNothingIsTriedLast has clients ask any broker, and wait some time for an answer.
func TestBrokerThatSaysNothingIsTriedLast(t *testing.T) {
	const first, second = "192.0.2.1:9092", "192.0.2.2:9092"
	closes := func(c net.Conn) { c.Read(make([]byte, 1)) }
	reads := func(c net.Conn) { io.Copy(io.Discard, c) }
	for _, row := range []struct {
		name         string
		broker       func(net.Conn)
		before, wait time.Duration // of the client, and for the answer
		next         string
	}{
		{"ClientWaits", reads, 0, 2 * time.Second, second},
		{"ClientGoesAtOnce", reads, 0, 100 * time.Millisecond, first},
		{"ClientAsksLateAndGoesAtOnce", reads, 5 * time.Second, 100 * time.Millisecond, first},
		{"BrokerCloses", closes, 0, 100 * time.Millisecond, second},
	} {
		t.Run(row.name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				dialled := make(chan string, 8)
				config := func(t *testing.T) bridge.Config {
					silent := newBrokers(t, row.broker)
					silent.wrap = func(c net.Conn) net.Conn { return addressed{c, first} }
					return bridge.Config{
						Brokers: []string{first, second},
						Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
							dialled <- addr
							return silent.dial(ctx, network, addr)
						},
					}
				}
				inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
					ask := func() (broker string) {
						p := pipe{v.connectTo(t, "", subprotocol, nil), subprotocol == hostile.Raw}
						if !p.raw {
							open(t, p.Conn, 1, 1<<20, "")
						}
						time.Sleep(row.before)
						if err := p.send([]byte("?")); err != nil {
							t.Fatal(err)
						}
						time.Sleep(row.wait)
						p.Close()
						time.Sleep(time.Second) // until the bridge has noticed
						return <-dialled
					}
					if got := ask(); got != first {
						t.Errorf("%s was dialled first, %s was expected", got, first)
					}
					if got := ask(); got != row.next {
						t.Errorf("%s was dialled then, %s was expected", got, row.next)
					}
				})
			})
		})
	}
}

// TestAnswerOfABrokerThatCannotBeWrittenToArrives has a client that reads slowly, and goes on asking.
func TestAnswerOfABrokerThatCannotBeWrittenToArrives(t *testing.T) {
	const answer, piece = 100 << 10, 4 << 10
	var all *brokers
	config := func(t *testing.T) bridge.Config {
		all = newBrokers(t, func(c net.Conn) { c.Write(make([]byte, answer)) })
		all.wrap = func(c net.Conn) net.Conn { return unwritable{c} }
		return bridge.Config{Dial: all.dial}
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		p := v.pipe(t, hostile.Tunnel, piece)
		if err := p.send([]byte("?")); err != nil {
			t.Fatal(err)
		}
		got := 0
		for {
			m := receive(t, p.Conn)
			if m.Type != hostile.TypeData {
				break
			}
			got += len(m.Payload)
			time.Sleep(3 * time.Second)
			send(t, p.Conn, hostile.Credit(1, uint32(len(m.Payload))))
		}
		if got != answer {
			t.Errorf("%d bytes of the answer came, %d were expected", got, answer)
		}
	})
}

// TestBrokerThatCannotBeWrittenToEndsTheStreamOfAClientThatReadsNothing has no credit left to tell by.
func TestBrokerThatCannotBeWrittenToEndsTheStreamOfAClientThatReadsNothing(t *testing.T) {
	var all *brokers
	config := func(t *testing.T) bridge.Config {
		all = newBrokers(t, func(c net.Conn) { c.Write(make([]byte, 5000)) })
		all.wrap = func(c net.Conn) net.Conn { return unwritable{c} }
		return bridge.Config{Dial: all.dial}
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		p := v.pipe(t, hostile.Tunnel, 1000)
		if err := p.send([]byte("?")); err != nil {
			t.Fatal(err)
		}
		expect(t, p.Conn, hostile.TypeData, 1)
		start := time.Now()
		m := expect(t, p.Conn, hostile.TypeClose, 1)
		if took := time.Since(start); m.Code() != 4503 || took > 15*time.Second {
			t.Errorf("got %v after %v, 4503 within 15s was expected", m, took)
		}
	})
}

// addressed is a connection to an address.
type addressed struct {
	net.Conn
	remote string
}

func (c addressed) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(c.remote))
}
