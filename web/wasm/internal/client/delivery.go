package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// A delivery is records on their way to brokers.
type delivery struct {
	producer *producer
	records  []*kgo.Record // franz-go writes to one until it is decided
	named    []int32       // the partition that the page named for each, or anyPartition
	forgot   []uint64      // how often its topic had been forgotten when each was handed over
	began    uint64        // when, as producer.sent counts
	decided  chan decision // has room for one of each record
	results  []any         // of each record a stored or an *port.Error; nil: it isn't known yet
	left     int           // that aren't known
}

// A decision is what became of a record, by its index.
type decision struct {
	record int
	err    error
}

// stored is where a record is.
type stored struct {
	Partition int32   `json:"partition"`
	Offset    int64   `json:"offset"`    // noOffset: the broker didn't say
	Timestamp float64 `json:"timestamp"` // milliseconds
}

// noOffset is the offset of what was stored without acknowledgement.
const noOffset = -1

// settleTime bounds the wait for records whose call has ended: those that wait for a connection aren't
// decided before its dial is. What isn't known then is told as unknown.
const settleTime = dialTimeout + 500*time.Millisecond

func newDelivery(p *producer, records []*kgo.Record) *delivery {
	named := make([]int32, len(records))
	for i, r := range records {
		named[i] = r.Partition
	}
	return &delivery{
		producer: p, records: records, named: named, began: p.sent.now(),
		decided: make(chan decision, len(records)), forgot: make([]uint64, len(records)),
		results: make([]any, len(records)), left: len(records),
	}
}

// hand hands all records to franz-go. It waits while there is too much that is unsent.
func (d *delivery) hand(ctx context.Context) {
	for i, r := range d.records {
		if size := messageSize(r); size > int(d.producer.way.MaxMessageBytes) {
			d.settle(i, tooLarge(size, d.producer.way.MaxMessageBytes))
			continue
		}
		d.produce(ctx, i)
	}
}

func (d *delivery) produce(ctx context.Context, i int) {
	d.forgot[i] = d.producer.remade.count(d.records[i].Topic)
	d.producer.kafka.Produce(ctx, d.records[i], func(_ *kgo.Record, err error) { d.decided <- decision{i, err} })
}

// wait returns the results, once they are known or no longer can be.
func (d *delivery) wait(ctx context.Context) []any {
	ended := ctx.Done()
	var settled <-chan time.Time
	for d.left > 0 {
		select {
		case x := <-d.decided:
			d.decide(ctx, x)
		case <-ended:
			ended = nil
			timer := time.NewTimer(settleTime)
			defer timer.Stop()
			settled = timer.C
		case <-settled:
			d.giveUp(ctx)
		}
	}
	return d.results
}

// decide settles a record, unless another call's end took it along: franz-go fails all records that wait for
// a partition when it fails the first of them.
func (d *delivery) decide(ctx context.Context, x decision) {
	r := d.records[x.record]
	switch {
	case x.err == nil:
		offset := r.Offset
		if d.producer.way.Acks == "none" {
			offset = noOffset
		}
		d.settle(x.record, stored{r.Partition, offset, float64(r.Timestamp.UnixMilli())})
	case ended(x.err) && ctx.Err() == nil:
		d.produce(ctx, x.record)
	case isRemade(x.err) && d.again(ctx, x.record):
		r.Partition = d.named[x.record]
		d.produce(ctx, x.record)
	default:
		d.settle(x.record, d.failure(ctx, r, x.err))
	}
}

// again has franz-go forget the topic of a record, which was made again, and reports whether the record can be produced
// again: not if it was sent, and may be stored.
func (d *delivery) again(ctx context.Context, record int) bool {
	r := d.records[record]
	d.producer.remade.forget(d.producer.kafka, r.Topic, d.forgot[record])
	return ctx.Err() == nil && !d.producer.sent.since(d.began, r.Topic, r.Partition)
}

func (d *delivery) settle(record int, result any) {
	d.results[record] = result
	d.left--
}

// giveUp settles what isn't known. franz-go may still send it.
func (d *delivery) giveUp(ctx context.Context) {
	for i, result := range d.results {
		if result == nil {
			topic, partition := d.records[i].Topic, d.named[i]
			e := describeRecord(topic, partition, d.whyEnded(ctx, topic, partition))
			e.OutcomeUnknown = true
			d.settle(i, e)
		}
	}
}

// ended reports whether err is that of a context which has ended.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// failure is the error of a record that franz-go has given up with err.
func (d *delivery) failure(ctx context.Context, r *kgo.Record, err error) *port.Error {
	isSent := d.producer.sent.since(d.began, r.Topic, r.Partition)
	if ended(err) {
		err = d.whyEnded(ctx, r.Topic, r.Partition)
	} else if strings.Contains(err.Error(), "invalid record partitioning choice") {
		err = port.Mismatch(fmt.Sprintf("partition %d: topic %s has no such partition", r.Partition, r.Topic))
	}
	e := describeRecord(r.Topic, r.Partition, err)
	e.OutcomeUnknown = isSent && leavesOpen(err)
	return e
}

// whyEnded is why ctx has ended. A timeout has a reason of its own if there is no connection. Where the bridge denies
// the partition's leader, its code is that of the denial: more time doesn't help.
func (d *delivery) whyEnded(ctx context.Context, topic string, partition int32) error {
	cause := context.Cause(ctx)
	if !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	leader, _, _ := d.producer.kafka.PartitionLeader(topic, partition)
	why, isLeaders := d.producer.routes.whyNot(leader)
	switch {
	case why == nil:
		return cause
	case !isLeaders:
		return fmt.Errorf("%w; the last connection to a broker failed: %v", cause, why)
	case describe(why).Code == codeDenied:
		return fmt.Errorf("%v: %w", cause, why)
	}
	return fmt.Errorf("%w: %v", cause, why)
}

// leavesOpen reports whether a record that was sent may be stored, although it failed with err. Of a broker's
// answers only those do that it gives after it has stored the record, or that say nothing.
func leavesOpen(err error) bool {
	answer, ok := errors.AsType[*kerr.Error](err)
	return !ok || isRemade(err) || answer == kerr.RequestTimedOut || answer == kerr.NotEnoughReplicasAfterAppend || answer == kerr.UnknownServerError
}

func describeRecord(topic string, partition int32, err error) *port.Error {
	e := *describe(err)
	e.Topic = topic
	if partition >= 0 {
		e.Partition = &partition
	}
	return &e
}

// messageSize is what a record takes alone in a batch, or a few bytes more.
func messageSize(r *kgo.Record) int {
	const (
		batch  = 61 // the header of a batch
		record = 40 // what of a record isn't its key, value or headers, at most
		header = 10 // the lengths of a header's name and value, at most
	)
	size := batch + record + len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		size += header + len(h.Key) + len(h.Value)
	}
	return size
}

func tooLarge(size int, limit int32) *port.Error {
	return &port.Error{Code: codeLimit, Message: fmt.Sprintf(
		"a record of %d bytes: this client sends none of more than %d; raise maxMessageBytes of produce, and max.message.bytes of the topic", size, limit)}
}
