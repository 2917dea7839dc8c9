package wire

// A Field is a part of a frame: one value, or a structure with Fields of its own.
//
// Start and End are offsets in the frame. The leaves, which are the Fields without Fields, cover the
// frame: each begins where the one before it ends, and they end with the frame. A leaf includes its
// length, if it has one.
type Field struct {
	Name string // "Topics"; "[3]" for the fourth element of an array
	// Type is how the bytes are encoded: "int32", "compact string", "array", "struct", "records", "tags".
	// Beside Kafka's types there are two. "redacted" stands for what may be a credential. "unparsed"
	// stands for bytes that don't have the form they should have. Value then says why.
	Type string
	// Value is nil (Kafka's null), bool, int, int64 (of an int64 or a varlong), float64, string or
	// []byte, which aliases the frame. A uuid is a string, as Kafka prints it. An array's is its number
	// of elements, and that of records the number of their bytes. A struct has nil.
	Value      any
	Start, End int
	Fields     []Field
	// Unpacked is what a compressed leaf has inside. Its Value is the decompressed bytes, in which its
	// offsets count, and its leaves cover them. Otherwise it is nil.
	Unpacked *Field
}

// What Type can be beside the types of simple values.
const (
	typeFrame    = "frame"
	typeStruct   = "struct"
	typeTags     = "tags"
	typeTag      = "tag"
	typeRecords  = "records"
	typeRecord   = "record"
	typeRedacted = "redacted"
	typeUnparsed = "unparsed"
)
