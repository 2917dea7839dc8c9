package ping_test

import (
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
	"github.com/kafkaio/kafkaio/internal/test/testca"
	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestBrokersAreReachedWhereConnectToHasThem(t *testing.T) {
	addr := advertising(t, at(1, "KAFKA.invalid", 29092))
	r, err := ping.Run(t.Context(), ping.Options{Addr: "kafka.invalid:29092", Timeout: patience, ConnectTo: map[string]string{"kafka.invalid:29092": addr}})
	if err != nil || r.Verdict != ping.AllWell || r.Target != "kafka.invalid:29092" || r.Brokers[0].Addresses[0] != "127.0.0.1" {
		t.Fatalf("%+v, %v", r, err)
	}
	if got, want := r.Steps[0].Detail, addr+", by --connect-to"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAConnectToThatLeadsNowhereIsToBlame(t *testing.T) {
	addr := advertising(t, at(1, "kafka.invalid", 29092))
	nobody := testnet.ClosedPort(t)
	r, err := ping.Run(t.Context(), ping.Options{Addr: addr, Timeout: patience, ConnectTo: map[string]string{"kafka.invalid:29092": nobody}})
	if err != nil || r.Verdict != ping.BrokersUnreachable || len(r.Problems) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	p := r.Problems[0]
	if want := "Broker 1 is advertised as kafka.invalid:29092. kafka.invalid:29092 is not reached at " + nobody + ", where --connect-to has it: "; p.Code != "advertised-connect-to" || !strings.HasPrefix(p.Text, want) || len(p.Fix) > 0 {
		t.Errorf("%+v", p)
	}
}

func TestTheServerNameIsOfAllBrokersWhereTheOptionsSaySo(t *testing.T) {
	ca := testca.New(t)
	addr := secured(t, ca.Issue(t, "kafka.example").TLS(t)) // which advertises its address, and is asked by its name
	addr = "localhost:" + portOf(addr)
	client := trusting(ca)
	client.ServerName = "kafka.example"
	for same, want := range map[bool]ping.Verdict{true: ping.AllWell, false: ping.BrokersUnreachable} {
		r, err := ping.Run(t.Context(), ping.Options{Addr: addr, Timeout: patience, TLS: client, SameServerName: same})
		if err != nil || r.Verdict != want {
			t.Errorf("%v: %+v, %v", same, r, err)
		}
	}
}
