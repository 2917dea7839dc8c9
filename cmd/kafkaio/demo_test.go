package main

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func startDemo(t *testing.T) *command {
	t.Helper()
	return start(t, stubPage, "demo", "--listen", "127.0.0.1:0")
}

// client is another Kafka client that joins the demo's cluster, at the address that it printed.
func (c *command) client(options ...kgo.Opt) *kgo.Client {
	c.t.Helper()
	brokers := c.stdout.waitFor(func(text string) string {
		_, brokers, _ := strings.Cut(text, "join in at ")
		brokers, _, _ = strings.Cut(brokers, ", or try: ")
		return brokers
	})
	client, err := kgo.NewClient(append(options, kgo.SeedBrokers(strings.Split(brokers, ",")...))...)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(client.Close)
	return client
}

func withPatience(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func TestTheDemoHasThreeBrokersAndTwoTopics(t *testing.T) {
	ctx, c := withPatience(t), startDemo(t)
	metadata, err := kadm.NewClient(c.client()).Metadata(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(metadata.Brokers); n != 3 {
		t.Errorf("%d brokers", n)
	}
	if got, want := metadata.Topics.Names(), []string{ordersTopic, pageViewsTopic}; !slices.Equal(got, want) {
		t.Errorf("topics %q, want %q", got, want)
	}
	mustSay(t, c.stdout.String(), "3 brokers", ", or try: "+os.Args[0]+" ping 127.0.0.1:")
}

func TestTheDemoStartsWithThousandsOfReadableRecords(t *testing.T) {
	ctx, c := withPatience(t), startDemo(t)
	client := c.client(kgo.ConsumeTopics(ordersTopic, pageViewsTopic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	seen := make(map[string]int)
	for total := 0; total < backlogRecords; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d records: %v", total, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			total++
			seen[r.Topic]++
			var value map[string]any
			if err := json.Unmarshal(r.Value, &value); err != nil || len(value) == 0 || len(r.Key) == 0 {
				t.Errorf("%s: key %q, value %q: %v", r.Topic, r.Key, r.Value, err)
			}
		})
	}
	for _, topic := range []string{ordersTopic, pageViewsTopic} {
		if seen[topic] < 1000 {
			t.Errorf("%s has %d records", topic, seen[topic])
		}
	}
}

func TestRecordsKeepArrivingInTheDemo(t *testing.T) {
	ctx, c := withPatience(t), startDemo(t)
	started := time.Now()
	client := c.client(kgo.ConsumeTopics(ordersTopic, pageViewsTopic), kgo.ConsumeStartOffset(kgo.NewOffset().AtEnd()))
	for arrived := 0; arrived < 5; {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d records: %v", arrived, err)
		}
		fetches.EachRecord(func(r *kgo.Record) {
			if r.Timestamp.After(started) {
				arrived++
			}
		})
	}
}

func TestTheDemoHasAGroupThatFollowsOneThatIsStuckAndOneThatIsEmpty(t *testing.T) {
	ctx, c := withPatience(t), startDemo(t)
	admin := kadm.NewClient(c.client())
	until := func(group string, isSo func(l kadm.DescribedGroupLag) bool) kadm.DescribedGroupLag {
		t.Helper()
		for {
			lags, err := admin.Lag(ctx, group)
			l := lags[group]
			if err != nil || l.Error() != nil {
				t.Fatalf("%s: %v, %v", group, err, l.Error())
			}
			if isSo(l) {
				return l
			}
			select {
			case <-ctx.Done():
				t.Fatalf("%s is %s, has %d members, and a lag of %d", group, l.State, len(l.Members), l.Lag.Total())
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	stuckAt := until(stuckGroup, func(kadm.DescribedGroupLag) bool { return true }).Lag[ordersTopic][stuckPartition].Commit.At
	until(followingGroup, func(l kadm.DescribedGroupLag) bool {
		return l.State == "Stable" && len(l.Members) == 2 && l.Lag.Total() < 20
	})
	stuck := until(stuckGroup, func(l kadm.DescribedGroupLag) bool {
		return l.State == "Stable" && len(l.Members) == 1 && l.Lag.Total() < l.Lag[ordersTopic][stuckPartition].Lag+20
	})
	if p := stuck.Lag[ordersTopic][stuckPartition]; p.Commit.At != stuckAt || p.Lag < 5 {
		t.Errorf("%s was stuck at %d, is at %d, and has a lag of %d", stuckGroup, stuckAt, p.Commit.At, p.Lag)
	}
	until(emptyGroup, func(l kadm.DescribedGroupLag) bool { return l.State == "Empty" && l.Lag.Total() > 100 })
}

func TestOrdersGoThroughTheirStatusesInTurn(t *testing.T) {
	s := newShop(1)
	status := make(map[string]string)
	ended := make(map[string]int)
	for range 10_000 {
		var o order
		if err := json.Unmarshal(s.order(time.Now()).Value, &o); err != nil {
			t.Fatal(err)
		}
		was, known := status[o.ID]
		switch at := slices.Index(statuses, o.Status); {
		case !known:
			if o.Status != statuses[0] {
				t.Errorf("%s begins as %s", o.ID, o.Status)
			}
		case o.Status == "cancelled" && was == "placed", o.Status == "returned" && was == "shipped":
		case at < 1 || statuses[at-1] != was:
			t.Errorf("%s is %s after it was %s", o.ID, o.Status, was)
		}
		status[o.ID] = o.Status
		ended[o.Status]++
	}
	for _, end := range []string{"delivered", "cancelled", "returned"} {
		if ended[end] == 0 {
			t.Errorf("no order was %s", end)
		}
	}
}
