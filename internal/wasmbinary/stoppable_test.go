package wasmbinary

import (
	"bytes"
	"context"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// assemble returns a module of sections, each its id and content.
func assemble(sections ...string) []byte {
	wasm := []byte(header)
	for _, s := range sections {
		wasm = appendBytes(append(wasm, s[0]), []byte(s[1:]))
	}
	return wasm
}

// functions returns the code section of functions without local variables; code lacks its last end.
func functions(code ...string) string {
	out := binary.AppendUvarint([]byte{codeSection}, uint64(len(code)))
	for _, c := range code {
		out = appendBytes(out, []byte("\x00"+c+"\x0b"))
	}
	return string(out)
}

const (
	oneType     = "\x01\x01\x60\x00\x00"                 // () -> ()
	twoTypes    = "\x01\x02\x60\x00\x00\x60\x01\x7f\x00" // () -> () and (i32) -> ()
	oneFunction = "\x03\x01\x00"
	exportsF    = "\x07\x01\x01f\x00\x00"
	spin        = "\x03\x40\x0c\x00\x0b" // loop, br 0
)

// instantiate compiles what Stoppable makes of a module, and starts it.
func instantiate(t *testing.T, wasm []byte) api.Module {
	t.Helper()
	stoppable, err := Stoppable(wasm)
	if err != nil {
		t.Fatal(err)
	}
	r := wazero.NewRuntime(t.Context())
	t.Cleanup(func() { r.Close(context.Background()) })
	if _, err := r.NewHostModuleBuilder("host").NewFunctionBuilder().WithFunc(func() {}).Export("f").Instantiate(t.Context()); err != nil {
		t.Fatal(err)
	}
	module, err := r.Instantiate(t.Context(), stoppable)
	if err != nil {
		t.Fatalf("%v\n%x", err, stoppable)
	}
	return module
}

func TestComputationsAreStopped(t *testing.T) {
	// f(n) calls f(n-1) twice, and the function 0 calls f(60): no loop, no deep stack, and no end.
	const minusOne = "\x20\x00\x41\x01\x6b\x10\x01"
	for name, wasm := range map[string][]byte{
		"loop":              assemble(oneType, oneFunction, exportsF, functions(spin)),
		"loop with globals": assemble(oneType, oneFunction, "\x06\x01\x7f\x01\x41\x05\x0b", exportsF, functions(spin)),
		"inner loop":        assemble(oneType, oneFunction, exportsF, functions("\x02\x40\x03\x40\x03\x40\x0c\x00\x0b\x0b\x0b")),
		"recursion":         assemble(twoTypes, "\x03\x02\x00\x01", exportsF, functions("\x41\x3c\x10\x01", "\x20\x00\x45\x04\x40\x0f\x0b"+minusOne+minusOne)),
		"loop that calls":   assemble(oneType, "\x02\x01\x04host\x01f\x00\x00", oneFunction, "\x07\x01\x01f\x00\x01", functions("\x03\x40\x10\x00\x0c\x00\x0b")),
	} {
		t.Run(name, func(t *testing.T) {
			module := instantiate(t, wasm)
			ended := make(chan error)
			go func() {
				_, err := module.ExportedFunction("f").Call(context.Background())
				ended <- err
			}()
			select {
			case err := <-ended:
				t.Fatal("it ended by itself:", err)
			default:
			}
			module.ExportedGlobal(StopGlobal).(api.MutableGlobal).Set(1)
			if err := <-ended; err == nil || !strings.Contains(err.Error(), "unreachable") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTheStartSectionBecomesAFunction(t *testing.T) {
	module := instantiate(t, assemble(oneType, oneFunction, exportsF, "\x08\x00", functions(spin))) // instantiating would spin
	if module.ExportedFunction(StartFunction) == nil {
		t.Error("it isn't exported")
	}
}

// code is a function with each kind of operands, as it is and with what Stoppable adds.
func TestEachInstructionIsReadOver(t *testing.T) {
	for name, code := range map[string]string{
		"br_table":       "\x02\x40\x41\x00\x0e\x02\x00\x00\x00\x0b",
		"select of type": "\x41\x01\x41\x02\x41\x03\x1c\x01\x7f\x1a",
		"constants":      "\x41\x83\x03\x1a\x42\x83\x80\x80\x80\x80\x80\x80\x80\x80\x00\x1a\x43\x03\x40\x03\x40\x1a\x44\x03\x40\x03\x40\x03\x40\x03\x40\x1a",
		"memory":         "\x41\x00\x28\x02\x83\x01\x1a\x3f\x00\x1a\x41\x00\x41\x00\x41\x00\xfc\x0b\x00\x41\x00\x41\x00\x41\x00\xfc\x0a\x00\x00",
		"references":     "\xd0\x70\xd1\x1a",
		"vectors":        "\xfd\x0c\x03\x40\x03\x40\x03\x40\x03\x40\x03\x40\x03\x40\x03\x40\x03\x40\xfd\x15\x03\x1a\x41\x00\xfd\x5d\x03\x03\x1a",
		"saturation":     "\x43\x00\x00\x00\x00\xfc\x00\x1a",
	} {
		wasm := assemble(oneType, oneFunction, "\x05\x01\x00\x01", exportsF, functions(code))
		module := instantiate(t, wasm)
		if _, err := module.ExportedFunction("f").Call(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		stoppable, _ := Stoppable(wasm)
		if !bytes.HasSuffix(stoppable, []byte(functions(code)[1:])) {
			t.Errorf("%s: a function without loops and calls has changed:\n%x", name, stoppable)
		}
	}
}

func TestWhatCouldEvadeTheChecksIsRefused(t *testing.T) {
	for want, wasm := range map[string][]byte{
		"it uses the variable 0, and has 0":         assemble(oneType, oneFunction, functions("\x41\x00\x24\x00")),
		"an instruction that isn't known, 0xfe 0":   assemble(oneType, oneFunction, functions("\xfe\x03\x00")),
		"an instruction that isn't known, 0xfd 256": assemble(oneType, oneFunction, functions("\xfd\x80\x02")),
		"an instruction that isn't known, 0xfc 18":  assemble(oneType, oneFunction, functions("\xfc\x12")),
		"it ends too early":                         assemble(oneType, oneFunction, "\x0a\x01\x03\x00\x41"),
		"it has code beyond its functions":          assemble(oneType, oneFunction, functions(spin)+"\x00"),
	} {
		if _, err := Stoppable(wasm); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want: %s", err, want)
		}
	}
}

func TestCountsThatAreTooLargeAreRefused(t *testing.T) {
	const most = "\xff\xff\xff\xff\x0f"
	for want, modules := range map[string][][]byte{
		"it ends too early": {
			assemble("\x01" + most), assemble("\x02" + most), assemble("\x03" + most), assemble("\x04" + most), assemble("\x05" + most),
			assemble("\x06" + most), assemble("\x07" + most), assemble("\x09" + most), assemble("\x0a" + most), assemble("\x0b" + most),
			assemble("\x01\x01\x60" + most), assemble("\x09\x01\x01\x00" + most), assemble("\x09\x01\x05\x70" + most), assemble("\x0b\x01\x01" + most),
			assemble(oneType, oneFunction, functions("\x0e"+most)),
		},
		"local variables, and at most 50000": {assemble(oneType, oneFunction, "\x0a\x01\x08\x01"+most+"\x7f\x0b")},
		"elements, and at most 10000000":     {assemble("\x04\x01\x70\x00" + most), assemble("\x04\x02\x70\x00\xc1\x96\xb1\x02\x70\x00\xc1\x96\xb1\x02")},
		"comes too late, or twice":           {assemble(oneType, oneFunction, functions(spin), functions(spin)), assemble(oneFunction, oneType)},
	} {
		for _, wasm := range modules {
			if _, err := Stoppable(wasm); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%x: %v, want: %s", wasm, err, want)
			}
		}
	}
}

func TestTablesDoNotGrowBeyondTheirBound(t *testing.T) {
	stoppable, err := Stoppable(assemble("\x04\x02\x70\x00\x01\x70\x01\x02\xff\xff\xff\xff\x0f"))
	if want := []byte("\x04\x0f\x02\x70\x01\x01\xc0\x96\xb1\x02\x70\x01\x02\xc0\x96\xb1\x02"); err != nil || !bytes.Contains(stoppable, want) {
		t.Errorf("%v\n%x", err, stoppable)
	}
}

func FuzzStoppable(f *testing.F) {
	f.Add(assemble(twoTypes, "\x03\x02\x00\x01", exportsF, "\x08\x00", functions(spin, "\x20\x00\x0e\x02\x00\x00\x00")))
	f.Add(assemble(oneType, "\x02\x01\x01m\x01g\x03\x7f\x00", oneFunction, "\x06\x01\x7f\x01\x41\x05\x0b", functions("\x23\x01\x1a\xfd\x0c")))
	f.Fuzz(func(t *testing.T, wasm []byte) {
		stoppable, err := Stoppable(wasm)
		if err != nil {
			return
		}
		// What is a valid module before is one afterwards. The reverse holds unless a custom section went, which nobody needs.
		r := wazero.NewRuntimeWithConfig(t.Context(), wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(1))
		defer r.Close(context.Background())
		_, before := r.CompileModule(t.Context(), wasm)
		_, after := r.CompileModule(t.Context(), stoppable)
		if after == nil && before != nil && hasCustomSection(wasm) {
			return
		}
		if (before == nil) != (after == nil) && !bytes.Contains(wasm, []byte("kafkaio.st")) {
			t.Errorf("before: %v\nafter: %v\n%x", before, after, stoppable)
		}
	})
}

func hasCustomSection(wasm []byte) bool {
	for r := (reader{rest: wasm[8:]}); len(r.rest) > 0; r.bytes() {
		if r.byte() == customSection {
			return true
		}
	}
	return false
}
