package wasmbinary

import (
	"strings"
	"testing"
)

const header = "\x00asm\x01\x00\x00\x00"

// section returns a section with one entry.
func section(id byte, entry string) string {
	return string([]byte{id, byte(1 + len(entry)), 1}) + entry
}

func importing(module string) string {
	return section(importSection, string(byte(len(module)))+module+"\x01f\x00\x00")
}

func exporting(name string) string {
	return section(exportSection, string(byte(len(name)))+name+"\x00\x00")
}

func TestCheck(t *testing.T) {
	const wasi, js = "wasi_snapshot_preview1", "gojs"
	for _, row := range []struct{ wasm, goos, want string }{
		{header + importing(wasi) + exporting("_start"), "wasip1", ""},
		{header + exporting("_start"), "wasip1", ""},
		{header + importing(js) + exporting("run"), "js", ""},
		{header + importing(js) + exporting("run"), "wasip1", "for GOOS=js"},
		{header + importing(wasi) + exporting("_start"), "js", "no Go program for GOOS=js"},
		{header + importing("wasi_unstable") + exporting("_start"), "wasip1", "older than preview 1"},
		{header + importing(wasi) + exporting("_initialize"), "wasip1", "a library"},
		{header, "wasip1", "no _start"},
		{"\x00asm\x0d\x00\x01\x00", "wasip1", "a component"},
		{"\x00asm\x02\x00\x00\x00", "wasip1", "unknown version 2"},
		{"\x00asm\x01", "wasip1", "ends in its header"},
		{"", "wasip1", "is empty"},
		{"\x7fELF\x02", "wasip1", "a native program"},
		{"#!/bin/sh\n", "wasip1", "a script"},
		{"\x1f\x8b\x08", "wasip1", "gzip"},
		{"anything", "wasip1", "no WebAssembly module: build"},
		{header + "\x02\x7f", "wasip1", "damaged WebAssembly module: it ends too early"},
		{header + "\x02\x02\xff\xff", "wasip1", "damaged"},
	} {
		err := Check([]byte(row.wasm), row.goos)
		switch {
		case err == nil && row.want != "":
			t.Errorf("%q for %s passed, want: %s", row.wasm, row.goos, row.want)
		case err != nil && (row.want == "" || !strings.Contains(err.Error(), row.want)):
			t.Errorf("%q for %s: %v, want: %s", row.wasm, row.goos, err, row.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(header + importing("gojs") + exporting("run")))
	f.Add([]byte(header + importing("wasi_snapshot_preview1") + exporting("_start")))
	f.Add([]byte(header + section(importSection, "\x01m\x01t\x01\x70\x01\x02\x03") + section(importSection, "\x01m\x01g\x03\x7f\x00")))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		Check(wasm, "wasip1")
		Check(wasm, "js")
	})
}
