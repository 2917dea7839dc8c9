package main

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// copyRecords commits the records once their copies are stored: none is lost, and after a crash some have two copies. An
// interrupt doesn't end it.
func copyRecords(client *kgo.Client, records []*kgo.Record, to string, p *plugin) error {
	var copies []*kgo.Record
	for _, r := range records {
		c := &kgo.Record{Topic: to, Key: r.Key, Headers: r.Headers, Timestamp: r.Timestamp}
		if r.Value != nil { // else it deletes the key, and so does the copy
			var err error
			if c.Value, err = p.transform(r.Value); err != nil {
				return fmt.Errorf("partition %d, offset %d: %w", r.Partition, r.Offset, err)
			}
		}
		copies = append(copies, c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := client.ProduceSync(ctx, copies...).FirstErr(); err != nil {
		return err
	}
	return client.CommitRecords(ctx, records...)
}
