package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func closedPort(t *testing.T) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestABrokerThatDoesNotAnswerIsSaidWithCauseAndAdvice(t *testing.T) {
	const notKafka = "does not answer as a Kafka broker does"
	for _, row := range []struct {
		name, broker string
		want         []string
	}{
		{"nothing listens", closedPort(t), []string{"connection refused", "Is Kafka running"}},
		{"no such name", "no-such-broker.invalid:9092", []string{"no-such-broker.invalid", "check the name"}},
		{"HTTP", testnet.Serve(t, testnet.Says("HTTP/1.1 400 Bad Request\r\n\r\n")), []string{"this is an HTTP server", notKafka}},
		{"TLS", testnet.Serve(t, testnet.Says("\x15\x03\x03\x00\x02\x02\x0a")), []string{"this port speaks TLS", "TLS is not supported yet"}},
		{"echo", testnet.Serve(t, func(c net.Conn) { io.Copy(c, c) }), []string{"the answer is to no question", notKafka}},
		{"absurd length", testnet.Serve(t, testnet.Says("\xff\xff\xff\xff")), []string{"length -1", notKafka}},
		{"silence", testnet.Serve(t, func(c net.Conn) { io.Copy(io.Discard, c) }), []string{"timeout", notKafka}},
		{"hangs up", testnet.Serve(t, func(c net.Conn) {}), []string{notKafka}},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := runToEnd(t, stubPage, "explore", "--broker", row.broker, "--listen", "127.0.0.1:0")
			if o.code != exitError || o.stdout != "" {
				t.Errorf("exit code %d, stdout %q", o.code, o.stdout)
			}
			mustSay(t, o.stderr, append(row.want, "no broker answers", row.broker)...)
			if strings.Contains(o.stderr, "--help") {
				t.Errorf("help is offered where the command line made sense:\n%s", o.stderr)
			}
		})
	}
}

func TestEveryBrokerThatDoesNotAnswerIsNamed(t *testing.T) {
	first, second := closedPort(t), closedPort(t)
	o := runToEnd(t, stubPage, "explore", "--broker", first+","+second, "--listen", "127.0.0.1:0")
	mustSay(t, o.stderr, first+": ", second+": ")
}

func TestOneBrokerThatAnswersIsEnough(t *testing.T) {
	c := start(t, stubPage, "explore", "--broker", closedPort(t), "--broker", broker(t), "--listen", "127.0.0.1:0")
	conn, err := c.dialer(c.token()).Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

func TestInterruptedWhileAskingIsNoVerdictOnTheBroker(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked := testnet.Serve(t, func(c net.Conn) {
		cancel()
		io.Copy(io.Discard, c)
	})
	var stdout, stderr bytes.Buffer
	code := run(ctx, stubPage, []string{"explore", "--broker", asked, "--listen", "127.0.0.1:0"}, &stdout, &stderr)
	if code != exitError || stdout.Len() > 0 {
		t.Errorf("exit code %d, stdout %q", code, stdout.String())
	}
	if want := "kafkaio: interrupted while asking " + asked + "\n"; stderr.String() != want {
		t.Errorf("stderr %q, want %q", stderr.String(), want)
	}
}
