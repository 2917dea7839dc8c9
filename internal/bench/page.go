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
	"github.com/kafkaio/kafkaio/internal/browsertest"
	"github.com/kafkaio/kafkaio/internal/wasmbuild"
)

//go:embed bare.js
var bareScript string

// pageBytes are received in one round.
const pageBytes = 64 << 20

func benchPages() ([]row, error) {
	target, stop, err := listen(pour)
	if err != nil {
		return nil, err
	}
	defer stop()
	b, err := bridge.New(bridge.Config{Brokers: []string{target}})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/kafka", b)
	mux.Handle("/bare", bareRelay(target))
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
			Wasm: wasm, Script: bareScript, Handler: mux, Output: &out,
			Env: map[string]string{"BYTES": strconv.Itoa(pageBytes)},
		})
		if err != nil || code != 0 {
			return rows, fmt.Errorf("%s: code %d, %v: %s", browser.Name, code, err, out.String())
		}
		var rate struct{ Ours, Bare float64 }
		if err := json.Unmarshal(out.Bytes(), &rate); err != nil {
			return rows, fmt.Errorf("%s: %w: %s", browser.Name, err, out.String())
		}
		rows = append(rows,
			row{browser.Name + ": bare JavaScript WebSocket", fmt.Sprintf("%.0f MB/s", rate.Bare), "1.00 ×", ""},
			row{browser.Name + ": kafkaio", fmt.Sprintf("%.0f MB/s", rate.Ours), ratio(rate.Ours, rate.Bare), "≥ 0.95 ×"})
	}
	return rows, nil
}
