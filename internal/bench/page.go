package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

//go:embed bare.js
var bareScript string

//go:embed count.js
var countScript string

//go:embed worker.js
var workerScript string

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
	ctx, cancel := context.WithTimeout(context.Background(), pageTime)
	defer cancel()
	wasm, err := wasmbuild.Program(ctx, "js", "./inpage", smallBuild...)
	if err != nil {
		return nil, err
	}
	peers := bareScript + countScript
	mux.HandleFunc("/peers.js", serveScript(peers))
	mux.HandleFunc("/worker.js", serveScript(workerScript))
	mux.HandleFunc("/program.wasm", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/wasm")
		w.Write(wasm)
	})
	env := map[string]string{"BYTES": strconv.Itoa(pageBytes), "SOURCE": source, "SINK": sink}
	return inEachBrowser(func(b browser.Browser) ([]row, error) {
		var rows []row
		for _, place := range []struct {
			name, budget string
			program      browser.Program
		}{
			{"in a Worker", "≥ 0.95 ×", browser.Program{Script: workerScript}},
			{"in a page", "", browser.Program{Script: peers, Wasm: wasm}},
		} {
			place.program.Handler, place.program.Env = mux, env
			r, err := runInPage(ctx, b, place.program)
			if err != nil {
				return rows, err
			}
			rows = append(rows, r.rows(b.Name+" "+place.name, place.budget)...)
		}
		return rows, nil
	})
}

// runInPage runs the program inpage.
func runInPage(ctx context.Context, b browser.Browser, p browser.Program) (r pageResult, err error) {
	var out bytes.Buffer
	p.Output = &out
	code, err := browser.Run(ctx, b, p)
	if err != nil || code != 0 {
		return r, fmt.Errorf("code %d, %v: %s", code, err, out.String())
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return r, fmt.Errorf("%w: %s", err, out.String())
	}
	return r, nil
}

func serveScript(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		io.WriteString(w, text)
	}
}

func (r pageResult) rows(where, receiveBudget string) []row {
	return []row{
		{where + ": received by a bare JavaScript WebSocket", r.Receive.bare(), "1.00 ×", ""},
		{where + ": received by kafkaio", r.Receive.ours(), ratio(r.Receive.Ours, r.Receive.Bare), receiveBudget},
		{where + ": sent by a bare JavaScript WebSocket", r.Send.bare(), "1.00 ×", ""},
		{where + ": sent by kafkaio", r.Send.ours(), ratio(r.Send.Ours, r.Send.Bare), ""},
		{where + ": retained after 256 MiB were sent", fmt.Sprintf("%.1f MiB of ArrayBuffers", mebibytes(r.Retained)), "", ""},
		{where + ": not read", fmt.Sprintf("%.1f MiB of heap", mebibytes(r.Unread)), "the window has 4 MiB", "≤ windows + 8 MiB"},
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
