package ping

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
	"golang.org/x/sync/errgroup"

	"github.com/kafkaio/kafkaio"
	"github.com/kafkaio/kafkaio/internal/hostport"
)

const (
	// MaxBrokers bounds how many advertised brokers Run tries. The largest clusters have some hundreds.
	MaxBrokers = 256
	// atOnce is how many are tried at the same time: all together take at most four times as long as one.
	atOnce = MaxBrokers / 4
)

// A clusterCheck tries the brokers of a cluster at the addresses that they advertise.
type clusterCheck struct {
	from    *attempt // how the cluster was reached
	brokers []checkedBroker
}

// A checkedBroker is one of these brokers.
type checkedBroker struct {
	Broker
	attempt *attempt // nil if the advertised address is invalid
	failure *failure // nil if the broker answers
}

// newClusterCheck tries the advertised brokers.
func newClusterCheck(ctx context.Context, from *attempt, told []kmsg.MetadataResponseBroker) *clusterCheck {
	slices.SortStableFunc(told, func(a, b kmsg.MetadataResponseBroker) int { return cmp.Compare(a.NodeID, b.NodeID) })
	told = told[:min(len(told), MaxBrokers)]
	s := &clusterCheck{from: from, brokers: make([]checkedBroker, len(told))}
	var tries errgroup.Group
	tries.SetLimit(atOnce)
	for i := range told {
		b := &s.brokers[i]
		b.Broker = Broker{ID: told[i].NodeID, Host: clean(told[i].Host, mostName), Port: told[i].Port, Addresses: []string{}}
		tries.Go(func() error {
			s.try(ctx, b, told[i].Host)
			return nil
		})
	}
	tries.Wait()
	s.findDuplicates()
	s.conclude()
	return s
}

// conclude sets the outcome of each broker.
func (s *clusterCheck) conclude() {
	for i := range s.brokers {
		b := &s.brokers[i]
		b.OK, b.Outcome = true, "answers"
		if b.failure != nil {
			b.OK, b.Outcome, b.Problem = false, b.failure.outcome, b.failure.code
		}
	}
}

// try connects to a broker and asks for its versions. It goes no further: the user did not name this
// address, so it gets no password.
func (s *clusterCheck) try(ctx context.Context, b *checkedBroker, advertised string) {
	host, port, err := hostport.Parse(joinAddress(advertised, b.Port), kafkaio.DefaultPort)
	if err != nil || b.Host != advertised { // the latter by what is shown of it
		b.failure = &failure{code: "advertised-invalid", outcome: "no address"}
		return
	}
	if a, err := netip.ParseAddr(host); err == nil && a.IsUnspecified() {
		b.failure = &failure{code: "advertised-unspecified", outcome: "no address"}
		return
	}
	started := time.Now()
	b.attempt = s.from.attempt(host, port)
	_ = b.attempt.reach(ctx) && b.attempt.askVersions(ctx)
	b.attempt.leave()
	b.Milliseconds = milliseconds(time.Since(started))
	for _, a := range b.attempt.addrs {
		b.Addresses = append(b.Addresses, a.String())
	}
	b.failure = s.judge(b.attempt)
}

// judge says what is wrong with a broker that was tried, also where that comes from how the
// cluster was reached.
func (s *clusterCheck) judge(a *attempt) *failure {
	_, isElsewhere := a.connectTo()
	if !isElsewhere && s.from.remote.IsValid() && !s.from.onThisMachine() && all(a.addrs, netip.Addr.IsLoopback) {
		return &failure{code: "advertised-loopback", outcome: "this machine"}
	}
	if a.failure == nil {
		return nil
	}
	f := *a.failure
	unreached := f.code == "no-route" || f.code == "connect-timeout"
	switch {
	case f.code == "no-route" && s.from.remote.Is4() && all(a.addrs, netip.Addr.Is6):
		f.code, f.outcome = "ipv6-only", "no IPv6 here"
	case unreached && all(a.addrs, netip.Addr.IsPrivate) && !s.from.remote.IsPrivate():
		f.code = "private"
	}
	f.code = "advertised-" + f.code
	return &f
}

// all reports whether there are addresses and each of them is such.
func all(addrs []netip.Addr, such func(netip.Addr) bool) bool {
	return len(addrs) > 0 && !slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !such(a) })
}

// onThisMachine reports whether the broker runs on this machine. A machine connects to an address of its
// own from that same address.
func (a *attempt) onThisMachine() bool { return a.remote.IsLoopback() || a.remote == a.local }

// findDuplicates fails the brokers that share an address.
func (s *clusterCheck) findDuplicates() {
	at := make(map[string][]*checkedBroker)
	for i := range s.brokers {
		if b := &s.brokers[i]; b.attempt != nil && b.failure == nil {
			address := strings.ToLower(b.attempt.address())
			at[address] = append(at[address], b)
		}
	}
	for _, same := range at {
		for _, b := range same {
			if len(same) > 1 {
				b.failure = &failure{code: "advertised-duplicate", outcome: "address of " + count(len(same), "broker")}
			}
		}
	}
}
