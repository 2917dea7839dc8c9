package wasmbinary

import (
	"errors"
	"fmt"
)

// A compiler that trusts the counts in a file allocates by them: 12 bytes can ask for a hundred gigabytes. So all that is
// counted is read over here first, and a count that is too large ends in errShort.

const (
	// maxLocals bounds the local variables of a function, as browsers do:
	// https://webassembly.github.io/spec/js-api/#limits
	maxLocals = 50_000
	// maxTables bounds the elements of all tables together, likewise.
	maxTables = 10_000_000
)

// section reads over the content of a section, but for the code, and notes what a program imports and exports.
func (p *program) section(id byte, r *reader) {
	entry := map[byte]func(){
		typeSection:     r.functionType,
		importSection:   func() { p.importEntry(r) },
		functionSection: func() { r.uint() },
		tableSection:    func() { p.table(r) },
		memorySection:   func() { r.limits() },
		tagSection:      func() { r.skip(1); r.uint() },
		globalSection:   func() { r.valueType(); r.skip(1); r.expression(); p.globals++ },
		exportSection:   func() { p.exports[r.name()] = true; r.skip(1); r.uint() },
		elementSection:  r.elements,
		dataSection:     r.data,
	}[id]
	switch {
	case entry != nil:
		r.list(entry)
	case id == startSection, id == dataCountSection:
		r.uint()
	case id == codeSection:
		return
	}
	if r.err == nil && len(r.rest) > 0 {
		r.fail(fmt.Errorf("its section %d is longer than what is in it", id))
	}
}

func (p *program) importEntry(r *reader) {
	p.imports[r.name()] = true
	r.name()
	switch kind := r.byte(); kind {
	case functionKind:
		r.uint()
	case tableKind:
		p.table(r)
	case memoryKind:
		r.limits()
	case globalKind:
		r.valueType()
		r.skip(1)
		p.globals++
	default:
		r.fail(fmt.Errorf("it imports something of the unknown kind %d", kind))
	}
}

// list reads a count, and as many entries.
func (r *reader) list(entry func()) {
	for n := r.uint(); n > 0 && r.err == nil; n-- {
		entry()
	}
}

func (r *reader) functionType() {
	if form := r.byte(); form != 0x60 {
		r.fail(fmt.Errorf("it has a type that isn't known, %#02x", form))
	}
	r.list(r.valueType)
	r.list(r.valueType)
}

// valueType reads one of a single byte: there are others only beyond WebAssembly 2.0.
func (r *reader) valueType() {
	switch t := r.byte(); t {
	case 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70, 0x6f: // numbers, vectors, references
	default:
		r.fail(fmt.Errorf("it has a type that isn't known, %#02x", t))
	}
}

func (p *program) table(r *reader) {
	r.valueType()
	least, _, _ := r.limits()
	if p.elements += uint64(least); p.elements > maxTables {
		r.fail(fmt.Errorf("it has tables of %d elements, and at most %d are supported", p.elements, maxTables))
	}
}

// limits reads the least and the most size of a table or a memory.
func (r *reader) limits() (least, most uint32, bounded bool) {
	bounded = r.byte()&1 != 0
	least = r.uint()
	if bounded {
		most = r.uint()
	}
	return least, most, bounded
}

// expression reads what is computed before the program starts.
func (r *reader) expression() {
	for at := 0; ; {
		if at >= len(r.rest) {
			r.fail(errShort)
			return
		}
		op := r.rest[at]
		end, err := endOf(r.rest, at, 1<<32-1)
		if err != nil {
			r.fail(err)
			return
		}
		if at = end; op == opEnd {
			r.rest = r.rest[at:]
			return
		}
	}
}

// elements reads an entry of the element section, of one of eight forms.
func (r *reader) elements() {
	flags := r.uint()
	if flags > 7 {
		r.fail(errors.New("it has elements of a form that isn't known"))
		return
	}
	passive, explicit, expressions := flags&1 != 0, flags&2 != 0, flags&4 != 0
	if !passive {
		if explicit {
			r.uint() // the table
		}
		r.expression()
	}
	if passive || explicit {
		r.skip(1) // what they are
	}
	if expressions {
		r.list(r.expression)
	} else {
		r.list(func() { r.uint() })
	}
}

// data reads an entry of the data section.
func (r *reader) data() {
	switch flags := r.uint(); flags {
	case 0:
		r.expression()
	case 1: // memory.init copies it
	case 2:
		r.uint()
		r.expression()
	default:
		r.fail(errors.New("it has data of a form that isn't known"))
	}
	r.bytes()
}

// isWholeNames reports whether a custom section has the names of functions and their local variables, and is well formed.
func isWholeNames(content []byte) bool {
	r := reader{rest: content}
	if r.name() != "name" {
		return false
	}
	for len(r.rest) > 0 && r.err == nil {
		id := r.byte()
		s := reader{rest: r.bytes()}
		named := func() { s.uint(); s.name() }
		switch id {
		case 0:
			s.name()
		case 1:
			s.list(named)
		case 2:
			s.list(func() { s.uint(); s.list(named) })
		}
		if r.err == nil {
			r.err = s.err
		}
	}
	return r.err == nil
}
