package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The demo's groups, by what there is to see of them.
const (
	followingGroup = "fulfilment"     // reads orders as they come
	stuckGroup     = "invoices"       // reads orders, but for a partition in which it gets no further
	emptyGroup     = "nightly-report" // has read page views an hour ago, and has no members now

	// stuckPartition is where stuckGroup gets no further, since stuckFor.
	stuckPartition = 2
	stuckFor       = 20 * time.Minute

	// workInterval is how long a member takes for what it has polled.
	workInterval = time.Second
	// memberFetchBytes bounds what a member keeps in memory.
	memberFetchBytes = 1 << 20
)

// commit has groups stand where they would have been if they had read the backlog.
func (d *demoData) commit(ctx context.Context, backlog []*kgo.Record) error {
	now := time.Now()
	for group, at := range map[string]struct {
		topic string
		time  time.Time
	}{
		followingGroup: {ordersTopic, now},
		stuckGroup:     {ordersTopic, now.Add(-stuckFor)},
		emptyGroup:     {pageViewsTopic, now.Add(-time.Hour)},
	} {
		offsets := make(kadm.Offsets)
		for _, r := range backlog { // in the order of their timestamps
			if r.Topic == at.topic && r.Timestamp.Before(at.time) {
				offsets.AddOffset(r.Topic, r.Partition, r.Offset+1, -1)
			}
		}
		if err := kadm.NewClient(d.client).CommitAllOffsets(ctx, group, offsets); err != nil {
			return err
		}
	}
	return nil
}

// join adds members to the groups. They leave when ctx ends.
func (d *demoData) join(ctx context.Context) error {
	for _, m := range []struct{ group, clientID string }{
		{followingGroup, "fulfilment-1"},
		{followingGroup, "fulfilment-2"},
		{stuckGroup, "invoices-1"},
	} {
		client, err := kgo.NewClient(
			kgo.SeedBrokers(d.cluster.ListenAddrs()...), kgo.ClientID(m.clientID),
			kgo.ConsumerGroup(m.group), kgo.ConsumeTopics(ordersTopic), kgo.DisableAutoCommit(),
			kgo.FetchMaxBytes(memberFetchBytes),
		)
		if err != nil {
			return err
		}
		d.running.Go(func() {
			defer client.Close()
			work(ctx, client, m.group == stuckGroup)
		})
	}
	return nil
}

// work commits what a member polls, until ctx ends.
func work(ctx context.Context, client *kgo.Client, isStuck bool) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		var done []*kgo.Record
		client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			if isStuck && r.Partition == stuckPartition {
				client.PauseFetchPartitions(map[string][]int32{r.Topic: {r.Partition}}) // which drops what has come of it
				return
			}
			done = append(done, r)
		})
		if len(done) > 0 {
			client.CommitRecords(ctx, done...) // what fails is committed with the next records
		}
		timer.Reset(workInterval)
	}
}
