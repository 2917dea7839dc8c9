package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kafkaio/kafkaio/internal/browser"
)

const (
	// Of so many loads of the page the first fill the browser's caches.
	warmingLoads  = 3
	measuredLoads = 5
)

// A firstPage is a page that shows a record. It may take so many milliseconds.
type firstPage struct {
	what, path string
	budgets    map[string]int // by browser
}

var firstPages = []firstPage{
	{"first record shown", "/clients/first.html", map[string]int{browser.Chromium.Name: 400, browser.Firefox.Name: 600}},
	{"the explorer: first record shown", "/explorer#/topics/first/messages?token=any", map[string]int{browser.Chromium.Name: 500, browser.Firefox.Name: 700}},
}

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
	return inEachBrowser(func(b browser.Browser) ([]row, error) {
		var rows []row
		for _, p := range firstPages {
			s, err := newServer()
			if err != nil {
				return rows, err
			}
			if err := s.bridgeTo("/kafka", kafka.addr); err != nil {
				return rows, err
			}
			times, err := firstRecords(b, s, p.path)
			if err != nil {
				return rows, err
			}
			what := b.Name + ": " + p.what
			rows = append(rows,
				row{what: what + ", nothing cached", value: fmt.Sprintf("%.0f ms", times[0])},
				row{what: what + ", all cached", value: spread("%.0f", times[warmingLoads:]) + " ms", budget: fmt.Sprintf("≤ %d ms", p.budgets[b.Name])})
		}
		return rows, nil
	})
}

// firstRecords returns the milliseconds of each load of the page.
func firstRecords(b browser.Browser, s server, path string) ([]float64, error) {
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
	s.HandleFunc("GET /explorer", s.watchedExplorer)
	ended := make(chan error, 1)
	go func() {
		_, err := browser.Run(ctx, b, browser.Program{Script: fmt.Sprintf("location.href = %q", path), Handler: s})
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

// watchedExplorer serves the explorer's page with a script in it that looks out for the first record.
func (s server) watchedExplorer(w http.ResponseWriter, r *http.Request) {
	plain := r.Clone(r.Context())
	plain.URL.Path = "/"
	plain.Header = nil // no coding, and whole
	page := httptest.NewRecorder()
	s.files.ServeHTTP(page, plain)
	page.Header().Del("Etag")
	maps.Copy(w.Header(), page.Header())
	w.Header().Del("Content-Length")
	io.WriteString(w, strings.Replace(page.Body.String(), "</head>", `<script type="module" src="/clients/first_explorer.js"></script></head>`, 1))
}
