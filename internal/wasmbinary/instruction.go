package wasmbinary

import "fmt"

// Instructions that are more than read over.
const (
	opUnreachable        = 0x00
	opLoop               = 0x03
	opIf                 = 0x04
	opEnd                = 0x0b
	opCall               = 0x10 // the first of four that call functions
	opReturnCallIndirect = 0x13 // the last of them
	opGlobalGet          = 0x23
)

const (
	emptyBlock = 0x40
	valueI32   = 0x7f
)

// Operands are what follows an instruction: up to two numbers in LEB128, and then four times as many bytes as this says; or
// something else.
type operands byte

const (
	none       operands = 0
	number     operands = 1 // an index, or a constant
	twoNumbers operands = 2 // of a memory, the alignment and the offset
	bytes1     operands = 1 << 2
	bytes4     operands = 4 << 2
	bytes8     operands = 8 << 2
	bytes16    operands = 16 << 2

	unknown  operands = 0xf0 + iota // there is no such instruction
	variable                        // the number of a variable
	table                           // a count, as many numbers, and one more
	types                           // a count, and as many bytes
	prefixed                        // an instruction of a further table
	vector
)

// operandsOf has those of the instructions of one byte, as of WebAssembly 2.0 and its tail calls:
// https://webassembly.github.io/spec/core/binary/instructions.html
var operandsOf = func() (o [256]operands) {
	set := func(from, to int, what operands) {
		for i := from; i <= to; i++ {
			o[i] = what
		}
	}
	set(0x00, 0xff, unknown)
	set(0x00, 0x01, none)       // unreachable, nop
	set(0x02, 0x04, number)     // block, loop, if
	set(0x05, 0x05, none)       // else
	set(0x0b, 0x0b, none)       // end
	set(0x0c, 0x0d, number)     // br, br_if
	set(0x0e, 0x0e, table)      // br_table
	set(0x0f, 0x0f, none)       // return
	set(0x10, 0x10, number)     // call
	set(0x11, 0x11, twoNumbers) // call_indirect
	set(0x12, 0x12, number)     // return_call
	set(0x13, 0x13, twoNumbers) // return_call_indirect
	set(0x1a, 0x1b, none)       // drop, select
	set(0x1c, 0x1c, types)      // select
	set(0x20, 0x22, number)     // local.get, set, tee
	set(0x23, 0x24, variable)   // global.get, set
	set(0x25, 0x26, number)     // table.get, set
	set(0x28, 0x3e, twoNumbers) // loads and stores
	set(0x3f, 0x42, number)     // memory.size, grow, i32.const, i64.const
	set(0x43, 0x43, bytes4)     // f32.const
	set(0x44, 0x44, bytes8)     // f64.const
	set(0x45, 0xc4, none)       // numbers
	set(0xd0, 0xd0, number)     // ref.null
	set(0xd1, 0xd1, none)       // ref.is_null
	set(0xd2, 0xd2, number)     // ref.func
	set(0xfc, 0xfc, prefixed)
	set(0xfd, 0xfd, vector)
	return o
}()

// prefixedOperands has those of the instructions after the byte 0xfc.
var prefixedOperands = [...]operands{
	none, none, none, none, none, none, none, none, // conversions of floats that saturate
	twoNumbers, number, twoNumbers, number, // memory.init, data.drop, memory.copy, memory.fill
	twoNumbers, number, twoNumbers, number, number, number, // table.init, elem.drop, table.copy, grow, size, fill
}

// vectorOperands has those of the instructions after the byte 0xfd.
func vectorOperands(number uint32) operands {
	switch {
	case number <= 11, number == 92, number == 93: // loads and stores
		return twoNumbers
	case number == 12, number == 13: // v128.const, i8x16.shuffle
		return bytes16
	case number >= 21 && number <= 34: // lanes
		return bytes1
	case number >= 84 && number <= 91: // loads and stores of a lane
		return twoNumbers | bytes1
	case number <= 255:
		return none
	}
	return unknown
}

// endOf returns where the instruction at a place of the code ends. Variables have numbers below most.
func endOf(code []byte, at int, most uint32) (int, error) {
	what := operandsOf[code[at]]
	op := code[at]
	at++
	if what >= unknown {
		var err error
		if what, at, err = unusual(code, at, op, what, most); err != nil {
			return 0, err
		}
	}
	for n := what & 3; n > 0; n-- {
		for at < len(code) && code[at] >= 0x80 {
			at++
		}
		at++
	}
	if at += int(what >> 2); at > len(code) {
		return 0, errShort
	}
	return at, nil
}

// unusual reads an instruction over as far as it isn't like most. It returns what follows, and where.
func unusual(code []byte, at int, op byte, what operands, most uint32) (operands, int, error) {
	r := reader{rest: code[at:]}
	n := uint32(0)
	if what != unknown {
		n = r.uint()
	}
	switch what {
	case variable:
		if n >= most {
			r.fail(fmt.Errorf("it uses the variable %d, and has %d", n, most))
		}
		what = none
	case table:
		for ; n > 0 && r.err == nil; n-- {
			r.uint()
		}
		what = number
	case types:
		r.skip(n)
		what = none
	case prefixed:
		if what = unknown; n < uint32(len(prefixedOperands)) {
			what = prefixedOperands[n]
		}
	case vector:
		what = vectorOperands(n)
	}
	if what == unknown {
		r.fail(fmt.Errorf("it has an instruction that isn't known, %#02x %d", op, n))
	}
	return what, len(code) - len(r.rest), r.err
}
