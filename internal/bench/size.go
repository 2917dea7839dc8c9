package main

import (
	"context"
	"fmt"

	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// smallBuild are the flags of small programs.
var smallBuild = []string{"-trimpath", "-ldflags=-s -w"}

// benchSizes builds what a page loads, and compresses it as a web server would.
func benchSizes() ([]row, error) {
	var rows []row
	for _, p := range []struct {
		name, budget string
		build        func(context.Context) ([]byte, error)
	}{
		{"a program that sends and receives", "≤ 0.75 MB", func(ctx context.Context) ([]byte, error) {
			return wasmbuild.Program(ctx, "js", "./sendreceive", smallBuild...)
		}},
		{"kafka.wasm of the npm package", "≤ 3.0 MB", func(ctx context.Context) ([]byte, error) {
			return wasmbuild.Kafka(ctx, "../..")
		}},
	} {
		wasm, err := p.build(context.Background())
		if err != nil {
			return rows, err
		}
		packed, err := wasmbuild.Compressed(context.Background(), "../..", wasm)
		if err != nil {
			return rows, err
		}
		rows = append(rows, row{p.name, fmt.Sprintf("%.2f MB", float64(packed)/1e6), fmt.Sprintf("of %.1f MB", float64(len(wasm))/1e6), p.budget})
	}
	return rows, nil
}
