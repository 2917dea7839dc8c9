package main

import (
	"context"
	"fmt"

	"github.com/andybalholm/brotli"

	"github.com/kafkaio/kafkaio/internal/test/wasmbuild"
)

// smallBuild are the flags that "make wasm" builds with.
var smallBuild = []string{"-trimpath", "-ldflags=-s -w"}

// benchSizes builds what a page loads, as "make wasm" does, and compresses it as a web server would.
func benchSizes() ([]row, error) {
	var rows []row
	for _, p := range []struct{ name, dir, budget string }{
		{"a program that sends and receives", "./sendreceive", "≤ 0.75 MB"},
		{"kafka.wasm of the npm package", "../../web/wasm/kafka", "≤ 3.0 MB"},
	} {
		wasm, err := wasmbuild.Program(context.Background(), "js", p.dir, smallBuild...)
		if err != nil {
			return rows, err
		}
		var packed counter
		w := brotli.NewWriterLevel(&packed, brotli.BestCompression)
		if _, err := w.Write(wasm); err != nil {
			return rows, err
		}
		if err := w.Close(); err != nil {
			return rows, err
		}
		rows = append(rows, row{p.name, fmt.Sprintf("%.2f MB", float64(packed)/1e6), fmt.Sprintf("of %.1f MB", float64(len(wasm))/1e6), p.budget})
	}
	return rows, nil
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
