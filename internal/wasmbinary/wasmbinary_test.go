package wasmbinary

import (
	"strings"
	"testing"
)

const header = "\x00asm\x01\x00\x00\x00"

// oneEntry returns a section with one entry.
func oneEntry(id byte, entry string) string {
	return string([]byte{id, byte(1 + len(entry)), 1}) + entry
}

func importing(module string) string {
	return oneEntry(importSection, string(byte(len(module)))+module+"\x01f\x00\x00")
}

func exporting(name string) string {
	return oneEntry(exportSection, string(byte(len(name)))+name+"\x00\x00")
}

func TestCheck(t *testing.T) {
	const wasi, js = "wasi_snapshot_preview1", "gojs"
	for _, row := range []struct {
		wasm string
		kind Kind
		want string
	}{
		{header + importing(wasi) + exporting("_start"), Program, ""},
		{header + exporting("_start"), Program, ""},
		{header + importing(js) + exporting("run"), JS, ""},
		{header + importing(js) + exporting("run"), Program, "for GOOS=js"},
		{header + importing(wasi) + exporting("_start"), JS, "no Go program for GOOS=js"},
		{header + importing("wasi_unstable") + exporting("_start"), Program, "older than preview 1"},
		{header + importing(wasi) + exporting("_initialize"), Program, "a library"},
		{header, Program, "no _start"},
		{header + exporting("_initialize"), Library, ""},
		{header + exporting("_start"), Library, "a program"},
		{header, Library, "no _initialize"},
		{"\x00asm\x0d\x00\x01\x00", Program, "a component"},
		{"\x00asm\x02\x00\x00\x00", Program, "unknown version 2"},
		{"\x00asm\x01", Program, "ends in its header"},
		{"", Program, "is empty"},
		{"\x7fELF\x02", Program, "a native program"},
		{"#!/bin/sh\n", Program, "a script"},
		{"\x1f\x8b\x08", Program, "gzip"},
		{"anything", Program, "no WebAssembly module: build"},
		{header + "\x02\x7f", Program, "damaged WebAssembly module: it ends too early"},
		{header + "\x02\x02\xff\xff", Program, "damaged"},
	} {
		err := Check([]byte(row.wasm), row.kind)
		switch {
		case err == nil && row.want != "":
			t.Errorf("%q for %s passed, want: %s", row.wasm, row.kind, row.want)
		case err != nil && (row.want == "" || !strings.Contains(err.Error(), row.want)):
			t.Errorf("%q for %s: %v, want: %s", row.wasm, row.kind, err, row.want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(header + importing("gojs") + exporting("run")))
	f.Add([]byte(header + importing("wasi_snapshot_preview1") + exporting("_start")))
	f.Add([]byte(header + oneEntry(importSection, "\x01m\x01t\x01\x70\x01\x02\x03") + oneEntry(importSection, "\x01m\x01g\x03\x7f\x00")))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		Check(wasm, Library)
		Check(wasm, JS)
	})
}
