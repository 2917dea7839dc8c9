package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/browsertest"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

//go:embed bare.js
var bareScript string

//go:embed count.js
var countScript string

// pageBytes are received, or sent, in one round.
const pageBytes = 64 << 20

// A pageResult is what the program inpage prints.
type pageResult struct {
	Receive, Send    pageDirection
	Retained, Unread int64 // bytes
}

// A pageDirection has rates in MB/s, and calls of JavaScript per message of ours.
type pageDirection struct{ Ours, Bare, Calls float64 }

func benchPages() ([]row, error) {
	source, stop, err := listen(pour)
	if err != nil {
		return nil, err
	}
	defer stop()
	sink, stop, err := listen(swallow)
	if err != nil {
		return nil, err
	}
	defer stop()
	b, err := bridge.New(bridge.Config{Brokers: []string{source, sink}})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/kafka", b)
	mux.Handle("/bare", bareRelay(source))
	mux.Handle("/baresink", bareRelay(sink))
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	wasm, err := wasmbuild.Program(ctx, "js", "./inpage", smallBuild...)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, browser := range browsertest.All {
		if _, err := browser.Find(); err != nil {
			rows = append(rows, row{what: browser.Name, value: err.Error()})
			continue
		}
		var out bytes.Buffer
		code, err := browsertest.Run(ctx, browser, browsertest.Program{
			Wasm: wasm, Script: bareScript + countScript, Handler: mux, Output: &out,
			Env: map[string]string{"BYTES": strconv.Itoa(pageBytes), "SOURCE": source, "SINK": sink},
		})
		if err != nil || code != 0 {
			return rows, fmt.Errorf("%s: code %d, %v: %s", browser.Name, code, err, out.String())
		}
		var r pageResult
		if err := json.Unmarshal(out.Bytes(), &r); err != nil {
			return rows, fmt.Errorf("%s: %w: %s", browser.Name, err, out.String())
		}
		rows = append(rows, r.rows(browser.Name)...)
	}
	return rows, nil
}

func (r pageResult) rows(browser string) []row {
	return []row{
		{browser + ": received by a bare JavaScript WebSocket", r.Receive.bare(), "1.00 ×", ""},
		{browser + ": received by kafkaio", r.Receive.ours(), ratio(r.Receive.Ours, r.Receive.Bare), "≥ 0.95 ×"},
		{browser + ": sent by a bare JavaScript WebSocket", r.Send.bare(), "1.00 ×", ""},
		{browser + ": sent by kafkaio", r.Send.ours(), ratio(r.Send.Ours, r.Send.Bare), ""},
		{browser + ": retained after 256 MiB were sent", fmt.Sprintf("%.1f MiB of ArrayBuffers", mebibytes(r.Retained)), "", ""},
		{browser + ": not read", fmt.Sprintf("%.1f MiB of heap", mebibytes(r.Unread)), "the window has 4 MiB", "≤ windows + 8 MiB"},
	}
}

func (d pageDirection) bare() string { return inMessages(d.Bare) }

func (d pageDirection) ours() string {
	return fmt.Sprintf("%s, %.1f calls of JavaScript per message", inMessages(d.Ours), d.Calls)
}

// inMessages is a rate, and how long it takes for 64 KiB.
func inMessages(rate float64) string {
	return fmt.Sprintf("%.0f MB/s, %.0f µs per 64 KiB", rate, (64<<10)/rate)
}
