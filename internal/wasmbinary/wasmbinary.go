// Package wasmbinary tells what kind of program a file is, before anything compiles it.
package wasmbinary

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// A Kind is what a file has to be.
type Kind string

const (
	Program Kind = "wasip1"         // for WASI preview 1, with _start
	Library Kind = "wasip1 library" // for WASI preview 1, with _initialize
	JS      Kind = "js"             // Go's, for a browser
)

// Check returns an error unless wasm is of that kind. The error says what it is, and what to build instead. Check doesn't
// read the code: what is wrong with that, the compiler finds.
func Check(wasm []byte, kind Kind) error {
	if err := checkFormat(wasm); err != nil {
		return err
	}
	p, err := parse(wasm)
	if err != nil {
		return fmt.Errorf("it is a damaged WebAssembly module: %w", err)
	}
	isJS := p.imports["gojs"] || p.imports["go"]
	switch {
	case kind == JS && !isJS:
		return errors.New("it is no Go program for GOOS=js, which a browser runs: build it with GOOS=js")
	case kind == JS:
		return nil
	case isJS:
		return errors.New("it is a program for GOOS=js, which runs in a browser: build it with GOOS=wasip1")
	case p.imports["wasi_unstable"]:
		return errors.New("it is a program for a WASI older than preview 1: build it for wasm32-wasip1")
	case kind == Program && !p.exports["_start"] && p.exports["_initialize"]:
		return errors.New("it is a library, with _initialize and no _start: build a program, without -buildmode=c-shared")
	case kind == Program && !p.exports["_start"]:
		return errors.New("it is no program: it has no _start function")
	case kind == Library && p.exports["_start"]:
		return errors.New("it is a program, with _start: build a library, with -buildmode=c-shared")
	case kind == Library && !p.exports["_initialize"]:
		return errors.New("it is no library: it has no _initialize function")
	}
	return nil
}

// The first 8 bytes: a magic number, and then the version of a module or of a component.
var (
	magic     = []byte("\x00asm")
	module    = []byte{1, 0, 0, 0}
	component = []byte{1, 0} // the layer, in the upper half
)

func checkFormat(wasm []byte) error {
	switch {
	case len(wasm) == 0:
		return errors.New("it is empty")
	case !bytes.HasPrefix(wasm, magic):
		return fmt.Errorf("it is no WebAssembly module%s: build it with GOOS=wasip1 GOARCH=wasm", formatOf(wasm))
	case len(wasm) < 8:
		return errors.New("it is a damaged WebAssembly module: it ends in its header")
	case bytes.Equal(wasm[4:8], module):
		return nil
	case bytes.Equal(wasm[6:8], component):
		return errors.New("it is a component, of WASI preview 2 or later: build a module for preview 1, with GOOS=wasip1, or wasm32-wasip1 in Rust")
	}
	return fmt.Errorf("it is a WebAssembly module of the unknown version %d", binary.LittleEndian.Uint32(wasm[4:8]))
}

// formatOf says what a file is instead, if it is something that people take for a program.
func formatOf(data []byte) string {
	for _, f := range []struct{ prefix, name string }{
		{"\x7fELF", ", but a native program"},
		{"\xcf\xfa\xed\xfe", ", but a native program"},
		{"\xca\xfe\xba\xbe", ", but a native program"},
		{"MZ", ", but a native program"},
		{"#!", ", but a script"},
		{"package ", ", but Go source"},
		{"(module", ", but its text: wat2wasm translates it"},
		{"\x1f\x8b", ", but is compressed with gzip"},
	} {
		if strings.HasPrefix(string(data[:min(len(data), 16)]), f.prefix) {
			return f.name
		}
	}
	return ""
}
