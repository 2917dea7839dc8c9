package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// backlogRecords are there when the demo starts, made over the time of backlogSpan.
	backlogRecords = 6000
	backlogSpan    = 2 * time.Hour
	// meanInterval is the average time between records that arrive.
	meanInterval = 220 * time.Millisecond
	// demoRetentionMillis is 6 hours: as much as a demo that is forgotten keeps in memory.
	demoRetentionMillis = "21600000"
	retentionInterval   = time.Minute
)

// demoData fills the demo's cluster.
type demoData struct {
	cluster *kfake.Cluster
	client  *kgo.Client
	shop    *shop
	running sync.WaitGroup
}

func newDemoData(cluster *kfake.Cluster) (*demoData, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ClientID("kafkaio-demo"))
	if err != nil {
		return nil, err
	}
	return &demoData{cluster: cluster, client: client, shop: newShop(rand.Uint64())}, nil
}

// close waits until all that runs has heeded the end of its context.
func (d *demoData) close() {
	d.running.Wait()
	d.client.Close()
}

// start stores what there is from the beginning. Then it has records come and groups read them, until ctx ends.
func (d *demoData) start(ctx context.Context) error {
	backlog, err := d.backlog(ctx)
	if err != nil {
		return err
	}
	if err := d.commit(ctx, backlog); err != nil {
		return err
	}
	d.running.Go(func() { d.stream(ctx) })
	return d.join(ctx)
}

// backlog stores the records of the last hours.
func (d *demoData) backlog(ctx context.Context) ([]*kgo.Record, error) {
	step := backlogSpan / backlogRecords
	at := time.Now().Add(-backlogSpan)
	records := make([]*kgo.Record, backlogRecords)
	for i := range records {
		records[i] = d.shop.next(at.Add(rand.N(step)))
		at = at.Add(step)
	}
	return records, d.client.ProduceSync(ctx, records...).FirstErr()
}

// stream stores further records until ctx ends, and lets old ones go.
func (d *demoData) stream(ctx context.Context) {
	cleaned := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-timer.C:
			d.client.Produce(ctx, d.shop.next(now), nil)
			if now.Sub(cleaned) > retentionInterval {
				d.cluster.ApplyRetention()
				cleaned = now
			}
			timer.Reset(min(time.Duration(rand.ExpFloat64()*float64(meanInterval)), 10*meanInterval))
		}
	}
}
