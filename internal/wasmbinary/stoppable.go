package wasmbinary

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// What Stoppable adds to the exports.
const (
	// StopGlobal is a variable. Once it isn't 0, the program traps at its next check.
	StopGlobal = "kafkaio.stop"
	// StartFunction is what the start section named, if there was one: the host calls it first.
	StartFunction = "kafkaio.start"
)

// Stoppable returns a program that does the same as wasm, and can be stopped from outside, by StopGlobal: it looks at that
// in each iteration of each loop, and in each function that calls another one. So no computation goes on for longer than
// the code between two checks.
//
// It refuses instructions that it doesn't know, because a check could be missing. What else is wrong, the compiler finds.
func Stoppable(wasm []byte) ([]byte, error) {
	if err := checkFormat(wasm); err != nil {
		return nil, err
	}
	p, err := parse(wasm)
	if err == nil {
		err = p.addStop()
	}
	if err != nil {
		return nil, fmt.Errorf("it is a damaged WebAssembly module: %w", err)
	}
	out := slices.Grow(slices.Clone(wasm[:8]), len(wasm)+len(wasm)/8)
	for _, s := range p.sections {
		out = append(out, s.id)
		out = appendBytes(out, s.content)
	}
	return out, nil
}

// A section of a module.
type section struct {
	id      byte
	content []byte
}

// order is that of the sections that aren't custom ones.
var order = []byte{typeSection, importSection, functionSection, tableSection, memorySection, tagSection, globalSection, exportSection, startSection, elementSection, dataCountSection, codeSection, dataSection}

// Ids of sections.
const (
	customSection    = 0
	typeSection      = 1
	importSection    = 2
	functionSection  = 3
	tableSection     = 4
	memorySection    = 5
	globalSection    = 6
	exportSection    = 7
	startSection     = 8
	elementSection   = 9
	codeSection      = 10
	dataSection      = 11
	dataCountSection = 12
	tagSection       = 13
)

// A program has sections.
type program struct {
	sections         []section
	imports, exports map[string]bool // the modules that it imports from, and the names of its exports
	globals          uint32          // variables, the imported ones first
	elements         uint64          // of all tables
}

// parse reads all but the code.
func parse(wasm []byte) (*program, error) {
	p := &program{imports: make(map[string]bool), exports: make(map[string]bool)}
	r := reader{rest: wasm[8:]}
	last := -1
	for len(r.rest) > 0 && r.err == nil {
		s := section{r.byte(), r.bytes()}
		if s.id == customSection {
			if isWholeNames(s.content) {
				p.sections = append(p.sections, s)
			}
			continue // others change nothing
		}
		// A compiler might take the last of two, of which only the first is checked.
		rank := slices.Index(order, s.id)
		if rank <= last {
			return nil, fmt.Errorf("its section %d isn't known, or comes too late, or twice", s.id)
		}
		last = rank
		content := reader{rest: s.content}
		p.section(s.id, &content)
		p.sections = append(p.sections, s)
		if r.err == nil {
			r.err = content.err
		}
	}
	return p, r.err
}

// addStop adds the variable, and the checks of it.
func (p *program) addStop() error {
	stop := p.globals
	const variable, one, constant, end = 1, 1, 0x41, 0x0b
	p.boundTables()
	if err := p.extend(globalSection, []byte{valueI32, variable, constant, 0, end}); err != nil {
		return err
	}
	if err := p.export(StopGlobal, globalKind, stop); err != nil {
		return err
	}
	if i := p.find(startSection); i >= 0 {
		r := reader{rest: p.sections[i].content}
		start := r.uint()
		if r.err != nil {
			return r.err
		}
		p.sections = slices.Delete(p.sections, i, i+1)
		if err := p.export(StartFunction, functionKind, start); err != nil {
			return err
		}
	}
	if i := p.find(codeSection); i >= 0 {
		code, err := checkedCode(p.sections[i].content, stop)
		if err != nil {
			return err
		}
		p.sections[i].content = code
	}
	return nil
}

// boundTables bounds what tables may grow to.
func (p *program) boundTables() {
	i := p.find(tableSection)
	if i < 0 {
		return
	}
	r := reader{rest: p.sections[i].content}
	count := r.uint()
	content := binary.AppendUvarint(nil, uint64(count))
	for range count {
		content = append(content, r.byte(), 1)
		least, most, bounded := r.limits()
		if bound := max(least, maxTables/count); !bounded || most > bound {
			most = bound
		}
		content = binary.AppendUvarint(binary.AppendUvarint(content, uint64(least)), uint64(most))
	}
	p.sections[i].content = content
}

func (p *program) find(id byte) int {
	return slices.IndexFunc(p.sections, func(s section) bool { return s.id == id })
}

// Kinds of what a module imports and exports.
const (
	functionKind = 0
	tableKind    = 1
	memoryKind   = 2
	globalKind   = 3
)

// export adds an export. That there is none of the same name, the compiler checks.
func (p *program) export(name string, kind byte, index uint32) error {
	entry := append(appendBytes(nil, []byte(name)), kind)
	return p.extend(exportSection, binary.AppendUvarint(entry, uint64(index)))
}

// extend adds an entry to a section, which is a list of them.
func (p *program) extend(id byte, entry []byte) error {
	i := p.find(id)
	if i < 0 {
		rank := slices.Index(order, id)
		i = slices.IndexFunc(p.sections, func(s section) bool { return slices.Index(order, s.id) > rank })
		if i < 0 {
			i = len(p.sections)
		}
		p.sections = slices.Insert(p.sections, i, section{id, []byte{0}})
	}
	r := reader{rest: p.sections[i].content}
	count := r.uint()
	if r.err == nil && count == 1<<32-1 {
		r.err = errors.New("it has too many entries")
	}
	content := binary.AppendUvarint(nil, uint64(count)+1)
	p.sections[i].content = append(append(content, r.rest...), entry...)
	return r.err
}

// appendBytes appends the length of content, and content.
func appendBytes(b, content []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(content))), content...)
}
