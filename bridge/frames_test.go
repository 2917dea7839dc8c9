package bridge_test

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// pipeReader reads what the broker sends to a pipe, and gives back the credit.
type pipeReader struct {
	pipe
	rest []byte
}

func (r *pipeReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		b, _, err := r.receive()
		if err != nil {
			return 0, err
		}
		if r.rest = b; !r.raw && len(b) > 0 {
			r.Send(hostile.Credit(1, uint32(len(b))))
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// end reads until the connection is closed, and returns how.
func (p pipe) end() (code int, reason string) {
	for {
		b, err := p.Receive()
		if closed, ok := errors.AsType[*hostile.Closed](err); ok {
			return closed.Code, closed.Reason
		}
		if err != nil {
			return 0, err.Error()
		}
		if p.raw {
			continue
		}
		if m, err := hostile.Parse(b); err == nil && m.Type == hostile.TypeClose {
			return int(binary.BigEndian.Uint16(m.Payload)), string(m.Payload[2:])
		}
	}
}

// withSASL returns a Config whose broker wants SASL, which the bridge has.
func withSASL(b *saslBroker) func(*testing.T) bridge.Config {
	return func(t *testing.T) bridge.Config {
		return bridge.Config{SASL: alice, AllowPlaintext: true, Dial: newBrokers(t, b.serve).dial}
	}
}

// metadataKey is the API that tests use for any request.
const metadataKey = 3

func TestHeldSASLIsRenewedWhileRequestsWait(t *testing.T) {
	const lifetime, total = 10 * time.Second, time.Minute
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		broker := &saslBroker{lifetime: lifetime, delay: 300 * time.Millisecond}
		inVirtualTime(t, 0, withSASL(broker), func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			const every = 50 * time.Millisecond
			const requests = int(total / every)
			go func() {
				for i := range requests {
					p.send(request(metadataKey, 1, int32(i), i))
					time.Sleep(every)
				}
			}()
			answers := &pipeReader{pipe: p}
			for i := range requests {
				answer, err := readFrame(answers)
				if err != nil {
					t.Fatalf("answer %d: %v", i, err)
				}
				if id := binary.BigEndian.Uint32(answer); id != uint32(i) || len(answer) != 4+8+3+i {
					t.Fatalf("answer %d has id %d and %d bytes", i, id, len(answer))
				}
			}
			authentications, faults, _ := broker.seen()
			if len(faults) > 0 {
				t.Error(faults)
			}
			if authentications < 6 || authentications > 9 {
				t.Errorf("%d authentications in %v of sessions that last %v", authentications, total, lifetime)
			}
		})
	})
}

// A session that has ended while nothing was asked is renewed before the next request.
func TestHeldSASLIsRenewedAfterAPause(t *testing.T) {
	broker := &saslBroker{lifetime: 10 * time.Second}
	inVirtualTime(t, 0, withSASL(broker), func(t *testing.T, v *virtual) {
		p := v.pipe(t, hostile.Tunnel, 1<<20)
		for i := range int32(3) {
			if err := p.send(request(metadataKey, 1, i, 0)); err != nil {
				t.Fatal(err)
			}
			if _, err := readFrame(&pipeReader{pipe: p}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		if authentications, faults, _ := broker.seen(); authentications != 3 || len(faults) > 0 {
			t.Errorf("%d authentications, %v", authentications, faults)
		}
	})
}

// The second authentication is with another password.
func TestRefusedRenewalClosesWithTheReason(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		broker := &saslBroker{lifetime: 10 * time.Second}
		pass := password
		config := func(t *testing.T) bridge.Config {
			c := withSASL(broker)(t)
			c.SASL = func(context.Context, bridge.Identity) (sasl.Mechanism, error) {
				defer func() { pass = "s3cret-that-is-wrong" }()
				return plain.Auth{User: "alice", Pass: pass}.AsMechanism(), nil
			}
			return c
		}
		inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			time.Sleep(10 * time.Second)
			p.send(request(metadataKey, 1, 1, 0))
			code, reason := p.end()
			if code != 4503 || !strings.HasPrefix(reason, "sasl: the broker refused") || strings.Contains(reason, "s3cret") {
				t.Errorf("closed with %d %q", code, reason)
			}
		})
	})
}

func TestRequestSplitAtEveryByte(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		inVirtualTime(t, 0, withSASL(&saslBroker{}), func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			frames := append(request(metadataKey, 1, 7, 20), request(metadataKey, 1, 7, 30)...) // duplicate ids are legal
			answers := &pipeReader{pipe: p}
			for i := range len(frames) + 1 {
				for _, part := range [][]byte{frames[:i], frames[i:]} {
					if err := p.send(part); err != nil {
						t.Fatal(err)
					}
				}
				for _, size := range []int{20, 30} {
					answer, err := readFrame(answers)
					if err != nil || len(answer) != 4+8+3+size || answer[3] != 7 {
						t.Fatalf("split at %d: %x, %v", i, answer, err)
					}
				}
			}
		})
	})
}

func TestLargeFramesPass(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		inVirtualTime(t, 0, withSASL(&saslBroker{}), func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			const size = 3 << 20
			var sending sync.WaitGroup
			defer sending.Wait()
			sending.Go(func() {
				frame := request(metadataKey, 1, 1, size)
				for len(frame) > 0 { // the window is 256 KiB
					n := min(len(frame), 64<<10)
					p.send(frame[:n])
					frame = frame[n:]
					time.Sleep(time.Second)
				}
			})
			answer, err := readFrame(&pipeReader{pipe: p})
			if err != nil || len(answer) != 4+8+3+size {
				t.Fatal(len(answer), err)
			}
		})
	})
}

func TestFramesThatAreRefused(t *testing.T) {
	produce := func(acks uint16) []byte { // version 2: acks come first
		return binary.BigEndian.AppendUint16(request(0, 2, 1, 4)[:4+8+3], acks)
	}
	for name, row := range map[string]struct {
		send   []byte
		code   int
		reason string
	}{
		"ClientsTLS":         {[]byte("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), 4403, "denied: the bridge authenticates to this cluster in place of its clients: connect without TLS"},
		"ClientsHandshake":   {request(17, 1, 1, 10), 4403, "denied: the bridge authenticates"},
		"ClientsSASL":        {request(36, 2, 1, 10), 4403, "denied: the bridge authenticates"},
		"DelegationToken":    {request(38, 1, 1, 10), 4403, "denied: the bridge has the credentials for this cluster, and a delegation token would"},
		"ControlledShutdown": {request(7, 0, 1, 10), 4403, "denied: "},
		"HTTP":               {[]byte("GET / HTTP/1.1\r\n\r\n"), 4413, "frame: a request of API 12064 of 1195725856 bytes"},
		"Negative":           {[]byte("\xff\xff\xff\xff\x00\x03\x00\x01"), 4403, "denied: what came is no Kafka request"},
		"TooShort":           {[]byte("\x00\x00\x00\x07\x00\x03\x00\x01\x00\x00\x00"), 4403, "denied: what came is no Kafka request"},
		"CutShort":           {[]byte("\x00\x00\x00\x0a\x00\x03\x00\x01\x00\x00\x00\x01\x00\x09"), 4403, "denied: what came is no Kafka request: its header is cut short"},
		"ProduceWithoutAcks": {append([]byte("\x00\x00\x00\x0b"), produce(1)[4:15]...), 4403, "denied: what came is no Kafka request: its header is cut short"},
		"Unfinished":         {request(metadataKey, 1, 1, 100)[:50], 4408, "frame: the client left Metadata unfinished"},
		"UnfinishedBody":     {request(metadataKey, 1, 1, 100)[:8], 4408, "frame: the client left Metadata unfinished"},
		"UnfinishedLength":   {[]byte("\x00"), 4408, "frame: the client left a Kafka request unfinished"},
	} {
		t.Run(name, func(t *testing.T) {
			bothSubprotocols(t, func(t *testing.T, subprotocol string) {
				inVirtualTime(t, 0, withSASL(&saslBroker{}), func(t *testing.T, v *virtual) {
					p := v.pipe(t, subprotocol, 1<<20)
					if err := p.send(row.send); err != nil {
						t.Fatal(err)
					}
					if code, reason := p.end(); code != row.code || !strings.HasPrefix(reason, row.reason) {
						t.Errorf("closed with %d %q, want %d %q", code, reason, row.code, row.reason)
					}
				})
			})
		})
	}
}

// A Produce with acks=0 gets no answer, so none is waited for.
func TestProduceWithoutAnswerIsNotWaitedFor(t *testing.T) {
	for name, frame := range map[string][]byte{
		"Version2": binary.BigEndian.AppendUint16([]byte("\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x00\x01\x00\x01c"), 0),
		"Version3": []byte("\x00\x00\x00\x0f\x00\x00\x00\x03\x00\x00\x00\x01\x00\x01c\xff\xff\x00\x00"),
		"Version9": []byte("\x00\x00\x00\x13\x00\x00\x00\x09\x00\x00\x00\x01\x00\x01c\x01\x00\x02ab\x00\x00\x00"),
	} {
		t.Run(name, func(t *testing.T) {
			inVirtualTime(t, 0, withSASL(&saslBroker{}), func(t *testing.T, v *virtual) {
				p := v.pipe(t, hostile.Tunnel, 1<<20)
				// The broker of the test answers it all the same: then nobody waits for that answer.
				if err := p.send(frame); err != nil {
					t.Fatal(err)
				}
				if code, reason := p.end(); code != 4503 || !strings.HasPrefix(reason, "frame: the broker sent an answer with correlation id 1,") {
					t.Errorf("closed with %d %q", code, reason)
				}
			})
		})
	}
}

// What a client sent before it closed still reaches the broker.
func TestRequestsBeforeTheCloseAreDelivered(t *testing.T) {
	bothSubprotocols(t, func(t *testing.T, subprotocol string) {
		broker := &saslBroker{delay: time.Second}
		inVirtualTime(t, 0, withSASL(broker), func(t *testing.T, v *virtual) {
			p := v.pipe(t, subprotocol, 1<<20)
			const requests = 5
			for i := range int32(requests) {
				if err := p.send(request(metadataKey, 1, i, 1000)); err != nil {
					t.Fatal(err)
				}
			}
			if p.raw {
				p.SendClose(1000, "")
			} else {
				p.Send(hostile.CloseStream(1, 1000, ""))
			}
			time.Sleep(time.Second)
			if _, _, seen := broker.seen(); len(seen) != requests {
				t.Errorf("the broker got %d of %d requests", len(seen), requests)
			}
		})
	})
}
