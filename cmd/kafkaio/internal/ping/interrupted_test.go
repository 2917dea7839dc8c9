package ping_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/sasl/plain"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestAnInterruptedStepBlamesNobody(t *testing.T) {
	for _, row := range []struct {
		step string
		meet func(t *testing.T, interrupt func()) ping.Options
	}{
		{ping.Connect, func(_ *testing.T, interrupt func()) ping.Options {
			interrupt()
			return ping.Options{Addr: "127.0.0.1:9092"}
		}},
		{ping.Bridge, func(t *testing.T, interrupt func()) ping.Options {
			return ping.Options{Addr: "kafka", Bridge: "ws://" + testnet.Serve(t, thenSilent(interrupt)) + "/kafka"}
		}},
		{ping.TLS, func(t *testing.T, interrupt func()) ping.Options {
			return ping.Options{Addr: testnet.Serve(t, thenSilent(interrupt)), TLS: new(tls.Config)}
		}},
		{ping.APIVersions, func(t *testing.T, interrupt func()) ping.Options {
			return ping.Options{Addr: testnet.Serve(t, thenSilent(interrupt))}
		}},
		{ping.APIVersions, func(t *testing.T, interrupt func()) ping.Options {
			return ping.Options{Addr: testnet.Serve(t, func(c net.Conn) { // and then hangs up
				c.Read(make([]byte, 1))
				interrupt()
			})}
		}},
		{ping.SASL, func(t *testing.T, interrupt func()) ping.Options {
			c := cluster(t, 1, kfake.EnableSASL())
			answer(c, kmsg.SASLHandshake, func(kmsg.Request) (kmsg.Response, error) { interrupt(); return nil, nil })
			return ping.Options{Addr: c.ListenAddrs()[0], SASL: plain.Auth{User: "alice", Pass: password}.AsMechanism(), User: "alice"}
		}},
		{ping.Metadata, func(t *testing.T, interrupt func()) ping.Options {
			c := cluster(t, 1)
			answer(c, kmsg.Metadata, func(kmsg.Request) (kmsg.Response, error) { interrupt(); return nil, nil })
			return ping.Options{Addr: c.ListenAddrs()[0]}
		}},
	} {
		t.Run(row.step, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			o := row.meet(t, cancel)
			o.Timeout = patience
			report, err := ping.Run(ctx, o)
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			last := report.Steps[len(report.Steps)-1]
			if last.Name != row.step || last.OK || last.Detail != "interrupted" {
				t.Errorf("the last step is %+v", last)
			}
			if p := report.Problems; len(p) != 1 || p[0].Code != "interrupted" {
				t.Errorf("the problems are %+v", p)
			}
		})
	}
}

// thenSilent is a server that does something once it is sent a byte, and says nothing.
func thenSilent(do func()) func(net.Conn) {
	return func(c net.Conn) {
		c.Read(make([]byte, 1))
		do()
		io.Copy(io.Discard, c)
	}
}
