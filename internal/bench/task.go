package main

import (
	"context"
	"fmt"
	"time"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
)

const (
	tailTopic = "tail"
	tailRate  = 100_000 // records per second
	tailTime  = 10 * time.Second
	// manyTopics have manyPartitions each.
	manyTopics     = 100
	manyPartitions = 100
	manyTimes      = 5 // that they are listed
)

// A busy is what clients/page.js tells of its main thread, in milliseconds.
type busy struct {
	Gap        float64
	Task       *float64 // nil: the browser tells none
	Rate       float64
	Partitions int
}

// benchTask measures how long the page's main thread is busy at a stretch.
func benchTask() ([]row, error) {
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	kafka, err := startKafka()
	if err != nil {
		return nil, err
	}
	defer kafka.stop()
	if err := kafka.create(context.Background(), tailTopic, consumePartitions); err != nil {
		return nil, err
	}
	many, err := startMany()
	if err != nil {
		return nil, err
	}
	defer many.stop()
	if err := s.bridgeTo("/kafka", kafka.addr); err != nil {
		return nil, err
	}
	if err := s.bridgeTo("/many", many.addr); err != nil {
		return nil, err
	}
	return inEachBrowser(func(b browser.Browser) ([]row, error) { return taskIn(b, s, kafka) })
}

// startMany starts a broker with many partitions. It is kfake, which needs no files for them.
func startMany() (*broker, error) {
	cluster, err := fakekafka.Start()
	if err != nil {
		return nil, err
	}
	b, err := newBroker(cluster.ListenAddrs()[0], func() { cluster.Close() })
	if err != nil {
		return nil, err
	}
	for i := range manyTopics {
		if err := b.create(context.Background(), fmt.Sprintf("many-%d", i), manyPartitions); err != nil {
			b.stop()
			return nil, err
		}
	}
	return b, nil
}

func taskIn(b browser.Browser, s server, kafka *broker) ([]row, error) {
	p, err := openPage(b, s)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	var idle, tail, topics busy
	if err := p.do(order{"do": "idle", "ms": tailTime.Milliseconds()}, &idle); err != nil {
		return nil, err
	}
	produced := make(chan error, 1)
	go func() { produced <- kafka.produceAt(tailRate, tailTime+2*time.Second) }()
	if err := p.do(order{"do": "tail", "topic": tailTopic, "ms": tailTime.Milliseconds()}, &tail); err != nil {
		return nil, err
	}
	if err := <-produced; err != nil {
		return nil, err
	}
	if err := p.do(order{"do": "topics", "bridge": "/many", "times": manyTimes}, &topics); err != nil {
		return nil, err
	}
	const budget = "≤ 50 ms"
	return []row{
		{what: b.Name + ": nothing is done", value: idle.String()},
		{what: fmt.Sprintf("%s: %.0f records/s are consumed", b.Name, tail.Rate), value: tail.String(), budget: budget},
		{what: fmt.Sprintf("%s: topics() lists %d partitions", b.Name, topics.Partitions), value: topics.String(), budget: budget},
	}, nil
}

func (b busy) String() string {
	task := "" // this browser tells of none
	switch {
	case b.Task == nil:
	case *b.Task == 0:
		task = "no task of 50 ms, "
	default:
		task = fmt.Sprintf("a task of %.0f ms, ", *b.Task)
	}
	return fmt.Sprintf("%sa timer up to %.0f ms late", task, b.Gap)
}

// produceAt writes tailTopic at a rate for a time.
func (b *broker) produceAt(rate int, d time.Duration) error {
	const tick = 10 * time.Millisecond
	ticks := time.NewTicker(tick)
	defer ticks.Stop()
	begin, sent := time.Now(), 0
	for now := range ticks.C {
		due := int(now.Sub(begin).Seconds() * float64(rate))
		if err := b.produce(context.Background(), tailTopic, consumePartitions, due-sent); err != nil {
			return err
		}
		sent = due
		if now.Sub(begin) > d {
			return nil
		}
	}
	return nil
}
