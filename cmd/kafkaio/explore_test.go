package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestABrokerThatCannotBeUsedIsSaidAsPingSaysIt(t *testing.T) {
	for _, row := range []struct {
		name, broker string
		want         []string
	}{
		{"nothing listens", testnet.ClosedPort(t), []string{"the connection was refused", "Is Kafka running"}},
		{"HTTP", testnet.Serve(t, testnet.Says("HTTP/1.1 400 Bad Request\r\n\r\n")), []string{"is an HTTP server, not a Kafka broker"}},
		{"TLS", testnet.Serve(t, testnet.Says("\x15\x03\x03\x00\x02\x02\x0a")), []string{"speaks TLS", "kafkaio explore 127.0.0.1:", " --timeout 1m0s --tls\n"}},
		{"hangs up", testnet.Serve(t, func(c net.Conn) {}), []string{"closes the connection at the first request"}},
		{"wants SASL", three(t, kfake.EnableSASL()).ListenAddrs()[0], []string{"wants its clients to authenticate", "kafkaio explore 127.0.0.1:", " --sasl ", "--user NAME --password-file FILE\n"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := runToEnd(t, stubPage, "explore", row.broker, "--listen", "127.0.0.1:0", "--timeout", "1m")
			if o.code != exitError || o.stdout != "" {
				t.Errorf("exit code %d, stdout %q", o.code, o.stdout)
			}
			mustSay(t, o.stderr, append(row.want, row.broker+"\n\n", "Connect ")...)
			if strings.Contains(o.stderr, "--help") || strings.Contains(o.stderr, "kafkaio ping") {
				t.Errorf("help or another command is offered:\n%s", o.stderr)
			}
		})
	}
}

func TestEveryBrokerThatDoesNotAnswerIsNamed(t *testing.T) {
	first, second := testnet.ClosedPort(t), testnet.ClosedPort(t)
	o := runToEnd(t, stubPage, "explore", first+","+second, "--listen", "127.0.0.1:0")
	mustSay(t, o.stderr, first+"\n", second+"\n")
}

func TestAnAdvertisedAddressThatLeadsNowhereIsSaidWithConnectTo(t *testing.T) {
	addr := advertising(t, advertised(1, "kafka.invalid", 29092))
	args := []string{"explore", addr, "--listen", "127.0.0.1:0", "--timeout", "1m"}
	o := runToEnd(t, stubPage, args...)
	if o.code != exitError || o.stdout != "" {
		t.Errorf("exit code %d, stdout %q", o.code, o.stdout)
	}
	const connectTo = "--connect-to kafka.invalid:29092="
	mustSay(t, o.stderr, "Broker 1 is advertised as kafka.invalid:29092. ", "advertised.listeners=", "kafkaio explore "+addr, connectTo+addr+"\n")

	c := start(t, stubPage, append(args, "--connect-to", "kafka.invalid:29092="+addr)...)
	mustSay(t, c.stdout.String(), "Exploring the cluster at "+addr)
}

func TestAPartOfTheBrokersThatCannotBeReachedIsSaidBeforeTheLink(t *testing.T) {
	addr := broker(t)
	host, port, _ := strings.Cut(addr, ":")
	number, _ := strconv.Atoi(port)
	c := start(t, stubPage, "explore", advertising(t, advertised(1, host, int32(number)), advertised(2, "kafka.invalid", 9092)), addr, "--listen", "127.0.0.1:0", "--timeout", "1m")
	said, _, _ := strings.Cut(c.stdout.String(), "Open  ")
	mustSay(t, said, "1 of the cluster's 2 brokers can't be used", "Broker 2 is advertised as kafka.invalid:9092", "Exploring the cluster")
}

func TestThePageMayWriteOnlyIfTheUserSaysSo(t *testing.T) {
	addr := broker(t)
	for _, row := range []struct {
		flag, says string
		creates    error
	}{
		{"--allow-writes=false", "The page can only read. To let it change the cluster: --allow-writes\n", kerr.TopicAuthorizationFailed},
		{"--allow-writes", "The page may change the cluster.\n", nil},
	} {
		ctx, c := withPatience(t), start(t, stubPage, "explore", addr, "--listen", "127.0.0.1:0", "--timeout", "1m", row.flag)
		client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.Dialer(c.dialer(c.token()).DialContext))
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		admin := kadm.NewClient(client)
		if created, err := admin.CreateTopic(ctx, 1, 1, nil, "_internal"); !errors.Is(created.Err, row.creates) {
			t.Errorf("%s: %v, %v", row.flag, created.Err, err)
		}
		topics, err := admin.ListTopicsWithInternal(ctx)
		if err != nil || topics.Has("_internal") != (row.creates == nil) {
			t.Errorf("%s: %v, %v", row.flag, topics, err)
		}
		status, list := c.listAs(c.token(), "")
		if text := fmt.Sprint(list["clusters"]); status != http.StatusOK || strings.Contains(text, "Fetch") != (row.creates != nil) || strings.Contains(text, " Produce ") {
			t.Errorf("%s: the rights are %d %v", row.flag, status, list)
		}
		c.stop()
		mustSay(t, c.stdout.String(), row.says)
	}
	c := start(t, stubPage, "explore", addr, "--listen", "127.0.0.1:0", "--timeout", "1m")
	client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.Dialer(c.dialer(c.token()).DialContext))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if topics, err := kadm.NewClient(client).ListTopicsWithInternal(withPatience(t)); err != nil || !topics.Has("_internal") {
		t.Errorf("to read: %v, %v", topics, err)
	}
}

func TestBrokersMayComeWithAFlagAsTheyDidBefore(t *testing.T) {
	start(t, stubPage, "explore", "--broker", broker(t), "--listen", "127.0.0.1:0").stop()
}

func TestOneBrokerThatAnswersIsEnough(t *testing.T) {
	c := start(t, stubPage, "explore", testnet.ClosedPort(t), broker(t), "--listen", "127.0.0.1:0")
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
		o := runToEnd(t, stubPage, "explore", given, "--listen", "127.0.0.1:0")
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

func TestInterruptedWhileAskingForMetadataIsSaid(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cluster := three(t)
	cluster.ControlKey(kmsg.Metadata.Int16(), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		cancel()
		return nil, nil, true
	})
	var stdout, stderr bytes.Buffer
	code := run(ctx, stubPage, []string{"explore", cluster.ListenAddrs()[0], "--listen", "127.0.0.1:0"}, &stdout, &stderr)
	if want := "kafkaio: interrupted while asking " + cluster.ListenAddrs()[0] + "\n"; code != exitError || stdout.Len() > 0 || stderr.String() != want {
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
	code := run(ctx, stubPage, []string{"explore", asked, "--listen", "127.0.0.1:0"}, &stdout, &stderr)
	if code != exitError || stdout.Len() > 0 {
		t.Errorf("exit code %d, stdout %q", code, stdout.String())
	}
	if want := "kafkaio: interrupted while asking " + asked + "\n"; stderr.String() != want {
		t.Errorf("stderr %q, want %q", stderr.String(), want)
	}
}
