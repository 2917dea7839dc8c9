package main

import (
	"context"
	"math/rand/v2"
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
}

func newDemoData(cluster *kfake.Cluster) (*demoData, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ClientID("kafkaio-demo"))
	if err != nil {
		return nil, err
	}
	return &demoData{cluster: cluster, client: client, shop: newShop(rand.Uint64())}, nil
}

func (d *demoData) close() { d.client.Close() }

// backlog stores the records of the last hours.
func (d *demoData) backlog(ctx context.Context) error {
	step := backlogSpan / backlogRecords
	at := time.Now().Add(-backlogSpan)
	records := make([]*kgo.Record, backlogRecords)
	for i := range records {
		records[i] = d.shop.next(at.Add(rand.N(step)))
		at = at.Add(step)
	}
	return d.client.ProduceSync(ctx, records...).FirstErr()
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
