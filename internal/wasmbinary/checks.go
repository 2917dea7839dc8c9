package wasmbinary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
)

// checkedCode returns a code section with the checks of a variable. Each processor works on a part of it.
func checkedCode(content []byte, stop uint32) ([]byte, error) {
	check := append(binary.AppendUvarint([]byte{opGlobalGet}, uint64(stop)), opIf, emptyBlock, opUnreachable, opEnd)
	r := reader{rest: content}
	var functions [][]byte
	r.list(func() { functions = append(functions, r.bytes()) })
	if r.err == nil && len(r.rest) > 0 {
		r.err = errors.New("it has code beyond its functions")
	}
	if r.err != nil {
		return nil, r.err
	}
	most := runtime.GOMAXPROCS(0)
	parts, errs := make([][]byte, most), make([]error, most)
	var all sync.WaitGroup
	for i := range most {
		all.Go(func() {
			parts[i], errs[i] = checkedFunctions(functions[len(functions)*i/most:len(functions)*(i+1)/most], check, stop)
		})
	}
	all.Wait()
	return slices.Concat(append([][]byte{binary.AppendUvarint(nil, uint64(len(functions)))}, parts...)...), errors.Join(errs...)
}

// checkedFunctions returns functions with their checks, each after its size.
func checkedFunctions(functions [][]byte, check []byte, stop uint32) ([]byte, error) {
	size := 0
	for _, f := range functions {
		size += len(f)
	}
	out, body := make([]byte, 0, size+size/4), []byte(nil)
	for _, f := range functions {
		r := reader{rest: f}
		if body = appendChecked(body[:0], &r, check, stop); r.err != nil {
			return nil, r.err
		}
		out = appendBytes(out, body)
	}
	return out, nil
}

// appendChecked appends a function with its checks: in loops, and at its beginning if it calls others, unless a loop is there.
func appendChecked(out []byte, f *reader, check []byte, stop uint32) []byte {
	whole := f.rest
	locals := uint64(0)
	f.list(func() {
		locals += uint64(f.uint())
		f.valueType()
	})
	if locals > maxLocals {
		f.fail(fmt.Errorf("it has a function with %d local variables, and at most %d are supported", locals, maxLocals))
	}
	if f.err != nil {
		return out
	}
	out = append(out, whole[:len(whole)-len(f.rest)]...)
	begin, code, copied := len(out), f.rest, 0
	calls, begun := false, len(code) > 0 && code[0] == opLoop
	for at := 0; at < len(code); {
		op := code[at]
		if at, f.err = endOf(code, at, stop); f.err != nil {
			return out
		}
		switch {
		case op >= opCall && op <= opReturnCallIndirect:
			calls = true
		case op == opLoop:
			out = append(append(out, code[copied:at]...), check...)
			copied = at
		}
	}
	out = append(out, code[copied:]...)
	if calls && !begun {
		out = slices.Insert(out, begin, check...)
	}
	return out
}
