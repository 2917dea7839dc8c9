package bridge_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// pendingBroker is where no attempt to connect ever ends.
const pendingBroker = "192.0.2.2:9092"

// dialPending is brokers.dial but for pendingBroker.
func dialPending(b *brokers) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if addr == pendingBroker {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return b.dial(ctx, network, addr)
	}
}

func text(s string) hostile.Frame { return hostile.Frame{Opcode: hostile.OpText, Payload: []byte(s)} }

func TestMalformedMessagesEndTheSession(t *testing.T) {
	message := func(kind byte, stream uint32, payload []byte) []byte {
		return hostile.Message{Type: kind, Stream: stream, Payload: payload}.Bytes()
	}
	open := func(stream uint32) []byte { return hostile.Open(stream, 1<<20, memoryBroker) }
	pending := func(stream uint32) []byte { return hostile.Open(stream, 1<<20, pendingBroker) }
	zeros := func(n int) []byte { return make([]byte, n) }
	const most = 1<<31 - 1

	for _, row := range []struct {
		name     string
		messages [][]byte
	}{
		{"Empty", [][]byte{{}}},
		{"ShorterThanItsHeader", [][]byte{{hostile.TypeData, 0, 0, 0}}},
		{"Type0", [][]byte{message(0, 1, nil)}},
		{"Type8", [][]byte{message(8, 1, nil)}},
		{"OpenedOfAClient", [][]byte{open(1), hostile.Opened(1, 1<<20, "192.0.2.1:9092")}},
		{"GoAwayOfAClient", [][]byte{hostile.GoAway("bye")}},
		{"OpenOfStream0", [][]byte{open(0)}},
		{"DataOfStream0", [][]byte{hostile.Data(0, zeros(1))}},
		{"DataNeverOpened", [][]byte{open(1), hostile.Data(7, zeros(1))}},
		{"CreditNeverOpened", [][]byte{open(1), hostile.Credit(7, 1)}},
		{"CloseNeverOpened", [][]byte{open(1), hostile.CloseStream(7, 1000, "")}},
		{"DataSkipped", [][]byte{open(1), open(3), hostile.Data(2, zeros(1))}},
		{"CreditSkipped", [][]byte{open(1), open(3), hostile.Credit(2, 1)}},
		{"CloseSkipped", [][]byte{open(1), open(3), hostile.CloseStream(2, 1000, "")}},
		{"DataSkippedBelowTheFirst", [][]byte{open(1000), hostile.Data(999, zeros(1))}},
		{"OpenReused", [][]byte{open(1), open(1)}},
		{"OpenReusedAfterClose", [][]byte{open(1), hostile.CloseStream(1, 1000, ""), open(1)}},
		{"OpenLower", [][]byte{open(3), open(2)}},
		{"ManyGaps", manyGaps()},
		{"DataBeforeOpened", [][]byte{pending(1), hostile.Data(1, zeros(1))}},
		{"DataBeyondCredit", [][]byte{hostile.Data(1, zeros(256<<10)), hostile.Data(1, zeros(1))}},
		{"DataOver256KiB", [][]byte{hostile.Data(1, zeros(256<<10+1))}},
		{"MessageOf263KiB", [][]byte{hostile.Data(1, zeros(263<<10))}},
		{"MessageOf2MiB", [][]byte{hostile.Data(1, zeros(2<<20))}},
		{"OpenShort", [][]byte{message(hostile.TypeOpen, 1, zeros(12))}},
		{"OpenOfALongTarget", [][]byte{hostile.Open(1, 1<<20, string(bytes.Repeat([]byte("a"), 263)))}},
		{"OpenOfALargeWindow", [][]byte{hostile.Open(1, most+1, memoryBroker)}},
		{"CreditShort", [][]byte{open(1), message(hostile.TypeCredit, 1, zeros(3))}},
		{"CreditLarge", [][]byte{open(1), hostile.Credit(1, most+1)}},
		{"CreditOverflow", [][]byte{open(1), hostile.Credit(1, most-1<<20), hostile.Credit(1, 1)}},
		{"CreditOverflowBeforeOpened", [][]byte{pending(1), hostile.Credit(1, most-1<<20), hostile.Credit(1, 1)}},
		{"CloseShort", [][]byte{open(1), message(hostile.TypeClose, 1, zeros(1))}},
		{"CloseOfALongReason", [][]byte{open(1), hostile.CloseStream(1, 1000, string(zeros(1025)))}},
		{"AuthOver16KiB", [][]byte{hostile.Auth(string(zeros(16<<10 + 1)))}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := attack(t, serveProtocol(t), hostile.Tunnel)
			if hasOnlyData(row.messages) {
				send(t, c, open(1))
				expect(t, c, hostile.TypeOpened, 1)
			}
			send(t, c, row.messages...)
			if closed := mustEnd(t, c); closed.Code != 4400 {
				t.Errorf("the session %v, code 4400 was expected", closed)
			}
		})
	}
}

// serveProtocol has a broker that takes nothing, and one that never connects.
func serveProtocol(t *testing.T) (url string) {
	return serveNarrow(t, bridge.Config{
		Brokers: []string{memoryBroker, pendingBroker},
		Dial:    dialPending(newBrokers(t, nil)),
	})
}

// hasOnlyData reports whether the messages need a stream that is open.
func hasOnlyData(messages [][]byte) bool {
	return !slices.ContainsFunc(messages, func(m []byte) bool {
		return len(m) < 5 || m[0] != hostile.TypeData || binary.BigEndian.Uint32(m[1:]) != 1
	})
}

// manyGaps are OPENs that skip every second id. The targets make no sense, so that they are soon closed.
func manyGaps() (opens [][]byte) {
	for i := range uint32(1026) {
		opens = append(opens, hostile.Open(2+2*i, 0, ":"))
	}
	return opens
}

func TestMalformedFramesEndTheSession(t *testing.T) {
	open := hostile.Open(1, 1<<20, memoryBroker)
	for _, row := range []struct {
		name  string
		frame hostile.Frame
		codes []int
	}{
		{"Text", text("hello"), []int{4400}},
		{"EmptyText", text(""), []int{4400}},
		{"ReservedBits", hostile.Frame{Opcode: hostile.OpBinary, Reserved: 4, Payload: open}, []int{1002, 4400}},
		{"Continuation", hostile.Frame{Opcode: hostile.OpContinuation, Payload: open}, []int{1002, 4400}},
		{"UnknownOpcode", hostile.Frame{Opcode: 3, Payload: open}, []int{1002, 4400}},
		{"PingOf126Bytes", hostile.Frame{Opcode: hostile.OpPing, Payload: make([]byte, 126)}, []int{1002, 4400}},
		{"PingInFragments", hostile.Frame{Opcode: hostile.OpPing, More: true}, []int{1002, 4400}},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := attack(t, serveProtocol(t), hostile.Tunnel)
			if err := c.SendFrame(row.frame); err != nil {
				t.Fatal(err)
			}
			if closed := mustEnd(t, c); !slices.Contains(row.codes, closed.Code) {
				t.Errorf("the session %v, %v was expected", closed, row.codes)
			}
		})
	}
}

// TestHowAMessageIsCutMeansNothing sends an OPEN in fragments of a byte, pings between them, and one
// whose bytes come alone.
func TestHowAMessageIsCutMeansNothing(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	c := attack(t, url, hostile.Tunnel)
	opcode := byte(hostile.OpBinary)
	for _, b := range hostile.Open(1, 1<<20, broker) {
		c.SendFrame(hostile.Frame{Opcode: opcode, More: true, Payload: []byte{b}})
		c.SendFrame(hostile.Frame{Opcode: hostile.OpPing})
		opcode = hostile.OpContinuation
	}
	c.SendFrame(hostile.Frame{Opcode: hostile.OpContinuation})
	expect(t, c, hostile.TypeOpened, 1)
	if err := c.SendBytewise(hostile.Frame{Opcode: hostile.OpBinary, Payload: hostile.Open(2, 1<<20, broker)}); err != nil {
		t.Fatal(err)
	}
	expect(t, c, hostile.TypeOpened, 2)
	if err := c.SendFragments(hostile.Data(2, []byte("in two parts")), 10); err != nil {
		t.Fatal(err)
	}
	mustEchoOn(t, c, 2, "whole")
}

// TestTargetThatIsNoTextIsMalformed doesn't care whether the stream or the session ends.
func TestTargetThatIsNoTextIsMalformed(t *testing.T) {
	c := attack(t, serveProtocol(t), hostile.Tunnel)
	send(t, c, hostile.Open(1, 1<<20, "br\xf6ker:9092"))
	b, err := c.Receive()
	if closed, ok := err.(*hostile.Closed); ok && closed.Code == 4400 {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := hostile.Parse(b); m.Type != hostile.TypeClose || m.Code() != 4400 {
		t.Errorf("got %v, CLOSE with 4400 was expected", m)
	}
}

func TestCreditBeforeOpenedAddsToTheWindow(t *testing.T) {
	broker, dial := echo(t), make(chan struct{})
	_, url := serve(t, bridge.Config{Brokers: []string{broker}, Dial: func(ctx context.Context, network, addr string) (net.Conn, error) {
		<-dial
		return new(net.Dialer).DialContext(ctx, network, addr)
	}})
	c := attack(t, url, hostile.Tunnel)
	send(t, c, hostile.Open(1, 4, broker), hostile.Credit(1, 6))
	mustAnswerPing(t, c)
	close(dial)
	expect(t, c, hostile.TypeOpened, 1)
	mustEchoOn(t, c, 1, "ten bytes!")
	send(t, c, hostile.Data(1, []byte("held back")))
	mustAnswerPing(t, c)
	send(t, c, hostile.Credit(1, 9))
	for got := ""; got != "held back"; got += string(receive(t, c).Payload) {
		if len(got) > 9 {
			t.Fatalf("got %q", got)
		}
	}
}

// TestMessagesThatCrossACloseAreIgnored sends some for a stream that the bridge has closed, and for one
// that the client has.
func TestMessagesThatCrossACloseAreIgnored(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	c := attack(t, url, hostile.Tunnel)
	send(t, c, hostile.Open(1, 1<<20, "192.0.2.1:22"))
	expect(t, c, hostile.TypeClose, 1)
	send(t, c, hostile.Data(1, []byte("late")), hostile.Credit(1, 1), hostile.CloseStream(1, 1000, ""))
	open(t, c, 2, 1<<20, broker)
	send(t, c, hostile.CloseStream(2, 1000, ""), hostile.Data(2, []byte("later")), hostile.Credit(2, 1))
	open(t, c, 3, 1<<20, broker)
	mustEchoOn(t, c, 3, "alive")
}

func TestLastIDEndsTheIDs(t *testing.T) {
	broker := echo(t)
	_, url := serve(t, bridge.Config{Brokers: []string{broker}})
	c := attack(t, url, hostile.Tunnel)
	open(t, c, 1, 1<<20, broker)
	open(t, c, 4294967295, 1<<20, broker)
	mustEchoOn(t, c, 4294967295, "alive")
	mustEchoOn(t, c, 1, "alive")
}

// TestCutMessageIsNone has the connection end within a message: a shorter target is another broker.
func TestCutMessageIsNone(t *testing.T) {
	dialled := make(chan string, 8)
	config := func(*testing.T) bridge.Config {
		return bridge.Config{
			Brokers: []string{memoryBroker, memoryBroker[:len(memoryBroker)-1]},
			Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
				dialled <- addr
				return nil, syscall.ECONNREFUSED
			},
		}
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		o := hostile.Open(1, 1<<20, memoryBroker)
		if err := c.SendFrame(hostile.Frame{Opcode: hostile.OpBinary, More: true, Payload: o[:len(o)-1]}); err != nil {
			t.Fatal(err)
		}
		c.Close()
		time.Sleep(time.Second)
		select {
		case addr := <-dialled:
			t.Errorf("%s was dialled", addr)
		default:
		}
	})
}
