package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kafkaio/kafkaio/internal/browser"
)

const (
	growthTopic   = "growth"
	growthRecords = 10_000_000
	firstMillion  = 1_000_000
	// sampleInterval is the time between looks at a browser's memory.
	sampleInterval = 200 * time.Millisecond
)

// benchGrowth measures what memory a browser takes for consuming many records.
func benchGrowth() ([]row, error) {
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	kafka, err := startKafka()
	if err != nil {
		return nil, err
	}
	defer kafka.stop()
	ctx := context.Background()
	if err := kafka.create(ctx, growthTopic, consumePartitions); err != nil {
		return nil, err
	}
	if err := kafka.produce(ctx, growthTopic, consumePartitions, growthRecords); err != nil {
		return nil, err
	}
	if err := s.bridgeTo("/kafka", kafka.addr); err != nil {
		return nil, err
	}
	return inEachBrowser(func(b browser.Browser) ([]row, error) { return growthIn(b, s) })
}

func growthIn(b browser.Browser, s server) ([]row, error) {
	p, err := openPage(b, s)
	if err != nil {
		return nil, err
	}
	defer p.stop()
	during := func(o order) (int64, error) {
		sampler := startSampler(p.pid)
		var answer struct{}
		err := p.do(o, &answer)
		most, failed := sampler.stop()
		if err == nil {
			err = failed
		}
		return most, err
	}
	before, err := during(order{"do": "idle", "ms": 5000})
	if err != nil {
		return nil, err
	}
	first, err := during(order{"do": "read", "topic": growthTopic, "records": firstMillion})
	if err != nil {
		return nil, err
	}
	later, err := during(order{"do": "read", "topic": growthTopic, "records": growthRecords})
	if err != nil {
		return nil, err
	}
	return []row{
		{what: fmt.Sprintf("%s: %d records consumed", b.Name, growthRecords),
			value: fmt.Sprintf("%.0f MiB at most", mebibytes(max(first, later)-before)), ratio: "all processes of the browser, beside an empty page", budget: "≤ 192 MiB"},
		{what: b.Name + ": after the first million", value: fmt.Sprintf("%.0f MiB more", mebibytes(later-first)), budget: "≤ 64 MiB"},
	}, nil
}

// A sampler looks at the memory of a group of processes now and then.
type sampler struct {
	end     chan struct{}
	running sync.WaitGroup
	most    int64
	err     error
}

func startSampler(group int) *sampler {
	s := &sampler{end: make(chan struct{})}
	s.running.Go(func() {
		ticks := time.NewTicker(sampleInterval)
		defer ticks.Stop()
		for {
			now, err := groupMemory(group)
			if err != nil {
				s.err = err
				return
			}
			s.most = max(s.most, now)
			select {
			case <-ticks.C:
			case <-s.end:
				return
			}
		}
	})
	return s
}

// stop returns the most that the processes had together.
func (s *sampler) stop() (int64, error) {
	close(s.end)
	s.running.Wait()
	return s.most, s.err
}
