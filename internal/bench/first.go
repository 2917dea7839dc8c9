package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/kafkaio/kafkaio/internal/test/browsertest"
)

const (
	// Of so many loads of the page the first fill the browser's caches.
	warmingLoads  = 3
	measuredLoads = 5
)

// benchFirst measures how long after a navigation a page shows the first record.
func benchFirst() ([]row, error) {
	kafka, err := startKafka()
	if err != nil {
		return nil, err
	}
	defer kafka.stop()
	ctx := context.Background()
	if err := kafka.create(ctx, "first", 1); err != nil {
		return nil, err
	}
	if err := kafka.produce(ctx, "first", 1, 1); err != nil {
		return nil, err
	}
	budgets := map[string]string{browsertest.Chromium.Name: "≤ 400 ms", browsertest.Firefox.Name: "≤ 600 ms"}
	return inEachBrowser(func(b browsertest.Browser) ([]row, error) {
		s, err := newServer()
		if err != nil {
			return nil, err
		}
		if err := s.bridgeTo("/kafka", kafka.addr); err != nil {
			return nil, err
		}
		times, err := firstRecords(b, s)
		if err != nil {
			return nil, err
		}
		return []row{
			{what: b.Name + ": first record shown, nothing cached", value: fmt.Sprintf("%.0f ms", times[0])},
			{what: b.Name + ": first record shown, all cached", value: spread("%.0f", times[warmingLoads:]) + " ms", budget: budgets[b.Name]},
		}, nil
	})
}

// firstRecords returns the milliseconds of each load of the page.
func firstRecords(b browsertest.Browser, s server) ([]float64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), pageTime)
	defer cancel()
	shown := make(chan float64)
	s.HandleFunc("POST /shown", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Shown float64 }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		select {
		case shown <- body.Shown:
		case <-ctx.Done():
		}
	})
	ended := make(chan error, 1)
	go func() {
		_, err := browsertest.Run(ctx, b, browsertest.Program{Script: `location.href = "/clients/first.html"`, Handler: s})
		ended <- err
	}()
	var times []float64
	for range warmingLoads + measuredLoads {
		select {
		case t := <-shown:
			times = append(times, t)
		case err := <-ended:
			return nil, err
		}
	}
	cancel()
	<-ended
	return times, nil
}
