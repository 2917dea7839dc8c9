package bridge

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/kafkaio/kafkaio/internal/tunnel"
)

// The close of a raw WebSocket carries 123 bytes: what a reason says of ordinary addresses has to fit.
func TestReasonsOfOrdinaryAddressesAreNotCut(t *testing.T) {
	to, second := target{"192.168.100.100", 65535}, target{"kafka-1.prod.example", 9092}
	ask := func(err error) *tunnel.CloseError {
		return notAsked(to, dialRefusal(to.String(), "ask "+to.String()+" for brokers", err))
	}
	d, err := newAccess(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	from := func(host, origin string) *tunnel.CloseError {
		return d.check(&http.Request{Host: host, Header: http.Header{"Origin": {origin}}})
	}
	full := &cluster{known: new(knownBrokers), waiting: maxWaiting}
	stranger := &cluster{known: new(knownBrokers), ask: func(context.Context) (answer, *tunnel.CloseError) { return answer{}, nil }}
	for _, refusal := range []*tunnel.CloseError{
		notListed(to, netip.MustParseAddr(to.host)),
		notListed(second, netip.MustParseAddr("127.0.1.1")),
		ask(syscall.ECONNREFUSED),
		ask(syscall.EHOSTUNREACH),
		ask(os.ErrDeadlineExceeded),
		ask(&net.DNSError{IsNotFound: true}),
		dialRefusal(second.String(), "look up the configured broker "+second.String(), os.ErrDeadlineExceeded),
		dialRefusal(second.String(), "connect to "+second.String(), errors.New("software caused connection abort")),
		full.allows(t.Context(), to),
		stranger.allows(t.Context(), second),
		from("kafka-tools.example:8642", ""),
		from("localhost:8642", "https://kafka-tools.example:8642"),
		{Reason: "token: not the one of this run: open the link that kafkaio printed"},
	} {
		if cut := tunnel.CloseReason(refusal.Reason); cut != refusal.Reason {
			t.Errorf("%d bytes, of which what follows is lost: %q", len(refusal.Reason), refusal.Reason[len(cut):])
		}
	}
}

func TestAdviceOfALongNameIsNotCut(t *testing.T) {
	to := target{strings.Repeat("a", 63) + ".kafka.svc.cluster.local", 65535}
	reason := tunnel.CloseReason(notListed(to, netip.MustParseAddr("fe80::1234:5678:9abc:def0")).Reason)
	if want := "special: configure " + to.String() + ":"; !strings.HasPrefix(reason, want) {
		t.Errorf("%q does not begin with %q", reason, want)
	}
}
