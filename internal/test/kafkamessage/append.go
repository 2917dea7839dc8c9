package kafkamessage

import (
	"encoding/binary"
	"math"
	"strings"
)

// Names are what a message may name.
type Names struct {
	Topics, Groups, TransactionalIDs []string
	TopicIDs                         [][16]byte
	Members                          []string
	Others                           []string // for texts that Kafka annotates as none of these
	Bytes                            [][]byte
	Tags                             [][]byte // what tags hold that no definition has
}

// Append appends a message of a version as choices make it, without a header. flaws is how many places may
// deviate from the definition: a length that is wrong, a tag with more in it than it has by the definition.
func (d *Definition) Append(b []byte, version int16, c *Choices, n *Names, flaws int) []byte {
	w := &writer{Choices: c, definition: d, version: version, flexible: d.Flexible.Has(version), names: n, b: b, flaws: flaws}
	w.structure(d.Fields)
	return w.b
}

// maxMessage is about how many bytes a message takes before its lists become empty.
const maxMessage = 8 << 10

type writer struct {
	*Choices
	definition *Definition
	version    int16
	flexible   bool
	names      *Names
	b          []byte
	flaws      int
}

// flawed says whether the next place deviates.
func (w *writer) flawed() bool {
	if w.flaws == 0 || !w.OneIn(16) {
		return false
	}
	w.flaws--
	return true
}

func (w *writer) structure(fields []Field) {
	for _, f := range fields {
		if f.Versions.Has(w.version) && !f.Tagged.Has(w.version) {
			w.field(f)
		}
	}
	if w.flexible {
		w.tags(fields)
	}
}

func (w *writer) field(f Field) {
	element, isList := strings.CutPrefix(f.Type, "[]")
	null := f.Nullable.Has(w.version) && w.OneIn(4)
	if !isList {
		w.value(f, f.Type, null)
		return
	}
	if null {
		w.length(-1, 4)
		return
	}
	n := Pick(w.Choices, []int{0, 1, 1, 1, 2, 3})
	if len(w.b) > maxMessage {
		n = 0
	}
	w.length(n, 4)
	for range n {
		before := len(w.b)
		w.value(f, element, false)
		if w.flawed() { // once more, with the length that there was
			w.b = append(w.b, w.b[before:]...)
		}
	}
}

func (w *writer) value(f Field, kind string, null bool) {
	switch kind {
	case "bool":
		w.b = append(w.b, Pick(w.Choices, []byte{0, 1, 1, 2}))
	case "int8":
		w.b = append(w.b, Pick(w.Choices, []byte{0, 1, 2, 2, 3, 4, 16, 32, 0xff, 0x7f}))
	case "int16", "uint16":
		w.b = binary.BigEndian.AppendUint16(w.b, Pick(w.Choices, []uint16{0, 1, 2, 0xffff, 0x7fff}))
	case "int32":
		number := Pick(w.Choices, []int32{-1, 0, 0, 1, 2, math.MinInt32, math.MaxInt32})
		if f.EntityType == "brokerId" && !w.OneIn(4) {
			number = -1
		}
		w.b = binary.BigEndian.AppendUint32(w.b, uint32(number))
	case "uint32":
		w.b = binary.BigEndian.AppendUint32(w.b, Pick(w.Choices, []uint32{0, 1, math.MaxUint32}))
	case "int64", "float64":
		w.b = binary.BigEndian.AppendUint64(w.b, Pick(w.Choices, []uint64{0, 1, math.MaxUint64, math.MaxInt64}))
	case "uuid":
		id := Pick(w.Choices, w.names.TopicIDs)
		w.b = append(w.b, id[:]...)
	case "string":
		w.text(w.name(f), null)
	case "bytes", "records":
		w.data(Pick(w.Choices, w.names.Bytes), null)
	default:
		w.nested(f, null)
	}
}

// nested writes a structure. One that may be null has a byte before it, -1 for null.
func (w *writer) nested(f Field, null bool) {
	if f.Nullable.Has(w.version) && !strings.HasPrefix(f.Type, "[]") {
		present := byte(1)
		switch {
		case w.flawed():
			present = byte(w.Below(256))
		case null:
			present = 0xff
		}
		w.b = append(w.b, present)
		if null {
			return
		}
	}
	w.structure(w.definition.In(f))
}

func (w *writer) name(f Field) string {
	switch {
	case f.EntityType == "topicName" || strings.HasSuffix(f.Name, "Regex"):
		return Pick(w.Choices, w.names.Topics)
	case f.EntityType == "groupId":
		return Pick(w.Choices, w.names.Groups)
	case f.EntityType == "transactionalId":
		return Pick(w.Choices, w.names.TransactionalIDs)
	case f.Name == "MemberId":
		return Pick(w.Choices, w.names.Members)
	}
	return Pick(w.Choices, w.names.Others)
}

func (w *writer) text(text string, null bool) {
	if null {
		w.length(-1, 2)
		return
	}
	w.length(len(text), 2)
	w.b = append(w.b, text...)
}

func (w *writer) data(data []byte, null bool) {
	if null {
		w.length(-1, 4)
		return
	}
	w.length(len(data), 4)
	w.b = append(w.b, data...)
}
