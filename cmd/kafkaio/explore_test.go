package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestABrokerThatDoesNotAnswerIsSaidWithCauseAndAdvice(t *testing.T) {
	const notKafka = "does not answer as a Kafka broker does"
	for _, row := range []struct {
		name, broker string
		want         []string
	}{
		{"nothing listens", testnet.ClosedPort(t), []string{"connection refused", "Is Kafka running"}},
		{"no such name", "no-such-broker.invalid:9092", []string{"no-such-broker.invalid:9092: there is no host named no-such-broker.invalid: check the name"}},
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
			mustSay(t, o.stderr, append(row.want, "no broker answers", row.broker, "\nkafkaio ping "+row.broker+" says more\n")...)
			if strings.Contains(o.stderr, "--help") {
				t.Errorf("help is offered where the command line made sense:\n%s", o.stderr)
			}
		})
	}
}

func TestEveryBrokerThatDoesNotAnswerIsNamed(t *testing.T) {
	first, second := testnet.ClosedPort(t), testnet.ClosedPort(t)
	o := runToEnd(t, stubPage, "explore", "--broker", first+","+second, "--listen", "127.0.0.1:0")
	mustSay(t, o.stderr, first+": ", second+": ")
}

func TestOneBrokerThatAnswersIsEnough(t *testing.T) {
	c := start(t, stubPage, "explore", "--broker", testnet.ClosedPort(t), "--broker", broker(t), "--listen", "127.0.0.1:0")
	conn, err := c.dialer(c.token()).Dial(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}

// three is a cluster of three brokers on this machine.
func three(t *testing.T, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(append(options, kfake.NumBrokers(3))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

func TestAPartOfTheBrokersOnThisMachineIsRefusedWithTheCommandForAll(t *testing.T) {
	addrs := three(t).ListenAddrs()
	port := addrs[0][strings.LastIndex(addrs[0], ":"):]
	for _, given := range []string{addrs[0], "localhost" + port, addrs[2] + "," + addrs[0]} {
		o := runToEnd(t, stubPage, "explore", "--broker", given, "--listen", "127.0.0.1:0")
		if o.code != exitError || o.stdout != "" {
			t.Errorf("%s: exit code %d, stdout %q", given, o.code, o.stdout)
		}
		const begin = "kafkaio: the cluster has 3 brokers on this machine; the bridge dials only those that are listed: kafkaio "
		args, ok := strings.CutPrefix(strings.TrimSuffix(o.stderr, "\n"), begin)
		if !ok {
			t.Fatalf("%s: %s", given, o.stderr)
		}
		c := start(t, stubPage, strings.Fields(args)...) // the command works
		for _, addr := range addrs {
			conn, err := c.dialer(c.token()).Dial(t.Context(), addr)
			if err != nil {
				t.Fatalf("%s: %v", args, err)
			}
			conn.Close()
		}
		c.stop()
	}
}

func TestAClusterThatDoesNotTellItsBrokersIsExplored(t *testing.T) {
	for name, cluster := range map[string]*kfake.Cluster{"SASL": three(t, kfake.EnableSASL()), "silent": three(t)} {
		if name == "silent" {
			cluster.ControlKey(kmsg.Metadata.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
				cluster.KeepControl()
				return nil, nil, true
			})
		}
		start(t, stubPage, "explore", "--broker", cluster.ListenAddrs()[0], "--listen", "127.0.0.1:0").stop()
	}
}

func TestInterruptedWhileAskingForTheBrokersIsSaid(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cluster := three(t)
	cluster.ControlKey(kmsg.Metadata.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		cancel()
		return nil, nil, true
	})
	var stdout, stderr bytes.Buffer
	code := run(ctx, stubPage, []string{"explore", "--broker", cluster.ListenAddrs()[0], "--listen", "127.0.0.1:0"}, &stdout, &stderr)
	if want := "kafkaio: interrupted while asking for the cluster's brokers\n"; code != exitError || stdout.Len() > 0 || stderr.String() != want {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
	}
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
