package wasmbinary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// checkedCode returns a code section with the checks of a variable.
func checkedCode(content []byte, stop uint32) ([]byte, error) {
	check := append(binary.AppendUvarint([]byte{opGlobalGet}, uint64(stop)), opIf, emptyBlock, opUnreachable, opEnd)
	r := reader{rest: content}
	count := r.uint()
	out := binary.AppendUvarint(make([]byte, 0, len(content)+len(content)/8), uint64(count))
	var body []byte
	for ; count > 0 && r.err == nil; count-- {
		f := reader{rest: r.bytes()}
		body = appendChecked(body[:0], &f, check, stop)
		if r.err == nil {
			r.err = f.err
		}
		out = appendBytes(out, body)
	}
	if r.err == nil && len(r.rest) > 0 {
		r.err = errors.New("it has code beyond its functions")
	}
	return out, r.err
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
