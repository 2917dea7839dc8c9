package bridge_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// answersMetadata is a broker that answers each Metadata request of version 8, after delay, with the topics
// that it names.
func answersMetadata(delay time.Duration) func(net.Conn) {
	return func(c net.Conn) {
		for {
			request, err := readFrame(c)
			if err != nil {
				return
			}
			asked := kmsg.NewPtrMetadataRequest()
			asked.Version = 8
			asked.ReadFrom(request[8+2+int(binary.BigEndian.Uint16(request[8:])):])
			answer := kmsg.NewPtrMetadataResponse()
			answer.Version = 8
			for _, t := range asked.Topics {
				topic := kmsg.NewMetadataResponseTopic()
				topic.Topic = t.Topic
				answer.Topics = append(answer.Topics, topic)
			}
			time.Sleep(delay)
			if _, err := c.Write(response(int32(binary.BigEndian.Uint32(request[4:])), answer.AppendTo(nil))); err != nil {
				return
			}
		}
	}
}

// askMetadata is a request for a topic.
func askMetadata(id int32, topic string) []byte {
	req := kmsg.NewPtrMetadataRequest()
	req.Version = 8
	t := kmsg.NewMetadataRequestTopic()
	t.Topic = &topic
	req.Topics = append(req.Topics, t)
	return kmsg.NewRequestFormatter(kmsg.FormatterClientID("c")).AppendRequest(nil, req, id)
}

// framed runs a test for each reason to look at frames: held SASL, and a policy. The brokers answer after
// delay.
func framed(t *testing.T, delay time.Duration, test func(t *testing.T, config func(*testing.T) bridge.Config)) {
	t.Run("SASL", func(t *testing.T) {
		test(t, func(t *testing.T) bridge.Config {
			c := withSASL(&saslBroker{delay: delay})(t)
			c.Authorize = identify
			return c
		})
	})
	t.Run("Policy", func(t *testing.T) {
		test(t, func(t *testing.T) bridge.Config {
			c := withPolicy(t)
			c.Authorize, c.Dial = identify, newBrokers(t, answersMetadata(delay)).dial
			return c
		})
	})
}

// pipeOf is pipe for a client with a token.
func (v *virtual) pipeOf(t *testing.T, subprotocol, token string) pipe {
	t.Helper()
	p := pipe{v.connect(t, subprotocol, http.Header{"Authorization": {"Bearer " + token}}), subprotocol == hostile.Raw}
	if !p.raw {
		send(t, p.Conn, hostile.Auth(token))
		open(t, p.Conn, 1, 1<<20, memoryBroker)
	}
	return p
}

// answersUntilEnd returns the ids of the answers that come whole before the connection is closed, and how it
// is.
func (p pipe) answersUntilEnd(t *testing.T) (ids []uint32, code int) {
	t.Helper()
	var got []byte
	for {
		b, err := p.Receive()
		if closed, ok := errors.AsType[*hostile.Closed](err); ok {
			code = closed.Code
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.raw {
			got = append(got, b...)
			continue
		}
		m, err := hostile.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if m.Type == hostile.TypeData {
			got = append(got, m.Payload...)
		}
		if m.Type == hostile.TypeClose {
			code = m.Code()
			break
		}
	}
	for len(got) >= 8 {
		size := 4 + int(binary.BigEndian.Uint32(got))
		if size > len(got) {
			break
		}
		ids = append(ids, binary.BigEndian.Uint32(got[4:]))
		got = got[size:]
	}
	if len(got) > 0 {
		t.Errorf("the connection ended with %d bytes of an answer", len(got))
	}
	return ids, code
}

// A request before the expiry is answered if the broker does so within 30 s. None after it is taken.
func TestExpiryLetsTheBrokerAnswer(t *testing.T) {
	const life, asked, tooLate = 20 * time.Second, 15 * time.Second, 22 * time.Second
	for _, row := range []struct {
		name    string
		delay   time.Duration
		ends    time.Duration // since the token came
		answers int
	}{
		{"InTime", 10 * time.Second, asked + 10*time.Second, 1},
		{"Never", time.Hour, life + 30*time.Second, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			framed(t, row.delay, func(t *testing.T, config func(*testing.T) bridge.Config) {
				bothSubprotocols(t, func(t *testing.T, subprotocol string) {
					inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
						p := v.pipeOf(t, subprotocol, "ci/20s")
						start := time.Now()
						go func() {
							time.Sleep(asked)
							p.send(askMetadata(1, "orders"))
							time.Sleep(tooLate - asked)
							p.send(askMetadata(2, "orders"))
						}()
						ids, code := p.answersUntilEnd(t)
						if code != 4401 || len(ids) != row.answers {
							t.Errorf("answers %v, closed with %d", ids, code)
						}
						mustBeWithin(t, "the connection ended", time.Since(start), row.ends-time.Second, row.ends+2*time.Second)
						p.Close()
						time.Sleep(row.delay) // for the broker
					})
				})
			})
		})
	}
}

// An idle connection ends with its identity: nothing is in flight.
func TestExpiryEndsAnIdleConnectionAtOnce(t *testing.T) {
	framed(t, 0, func(t *testing.T, config func(*testing.T) bridge.Config) {
		bothSubprotocols(t, func(t *testing.T, subprotocol string) {
			inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
				p := v.pipeOf(t, subprotocol, "ci/20s")
				start := time.Now()
				if _, code := p.answersUntilEnd(t); code != 4401 {
					t.Errorf("closed with %d", code)
				}
				mustBeWithin(t, "the connection ended", time.Since(start), 19*time.Second, 21*time.Second)
			})
		})
	})
}

// An OPEN after the expiry is refused for that, while another stream of the session still waits.
func TestOpenAfterTheExpiryIsUnauthorized(t *testing.T) {
	framed(t, 10*time.Second, func(t *testing.T, config func(*testing.T) bridge.Config) {
		inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
			p := v.pipeOf(t, hostile.Tunnel, "ci/20s")
			time.Sleep(15 * time.Second)
			p.send(askMetadata(1, "orders"))
			time.Sleep(7 * time.Second)
			send(t, p.Conn, hostile.Open(2, 1<<20, memoryBroker))
			for {
				m := receive(t, p.Conn)
				if m.Type == hostile.TypeData {
					t.Fatal("the answer came first")
				}
				if m.Type == hostile.TypeClose {
					if m.Stream != 2 || m.Code() != 4401 || !strings.HasPrefix(m.Reason(), "token: ") {
						t.Errorf("got %v, a close of stream 2 with 4401 was expected", m)
					}
					break
				}
			}
			if ids, code := p.answersUntilEnd(t); code != 4401 || len(ids) != 1 {
				t.Errorf("answers %v, stream 1 closed with %d", ids, code)
			}
			closed, _ := untilEnd(t, p.Conn)
			wantUnauthorized(t, closed, "expired")
		})
	})
}

// A stream whose broker is being dialled ends with the identity.
func TestExpiryEndsADial(t *testing.T) {
	framed(t, 0, func(t *testing.T, config func(*testing.T) bridge.Config) {
		bothSubprotocols(t, func(t *testing.T, subprotocol string) {
			hangs := func(t *testing.T) bridge.Config {
				c := config(t)
				c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
					<-ctx.Done()
					return nil, ctx.Err()
				}
				return c
			}
			inVirtualTime(t, 0, hangs, func(t *testing.T, v *virtual) {
				start := time.Now()
				p := pipe{v.connect(t, subprotocol, http.Header{"Authorization": {"Bearer ci/5s"}}), subprotocol == hostile.Raw}
				if !p.raw {
					send(t, p.Conn, hostile.Auth("ci/5s"), hostile.Open(1, 1<<20, memoryBroker))
				}
				if _, code := p.answersUntilEnd(t); code != 4401 {
					t.Errorf("closed with %d", code)
				}
				mustBeWithin(t, "the dial ended", time.Since(start), 4*time.Second, 6*time.Second)
			})
		})
	})
}
