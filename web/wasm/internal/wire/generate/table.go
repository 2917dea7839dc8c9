package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// structures are the messages without a key that package wire decodes.
var structures = []string{"MessageV0", "MessageV1", "Header", "RecordBatch", "ConsumerMemberMetadata", "ConsumerMemberAssignment"}

// contents says what some bytes hold: records, or what consumers tell each other in their group.
var contents = map[string]string{
	"Records": "r", "RecordBatches": "r",
	"Metadata": "m", "ProtocolMetadata": "m",
	"MemberAssignment": "a",
}

// tableOf returns the table. A message is a line
//
//	#NAME KEY MAX FLEXIBLE
//
// where MAX is its last version, FLEXIBLE the first one that is flexible, and -1 stands for none. A
// field is a line
//
//	.NAME KIND MIN MAX TAG
//
// with a dot for each level, and without what is the default at its end: 0, -1 and -1.
func tableOf(dir fs.FS) ([]byte, error) {
	messages, err := parse(dir)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, m := range messages {
		if m.key < 0 && !slices.Contains(structures, m.name) {
			continue
		}
		fmt.Fprintf(&b, "#%s %d %d %d\n", m.name, m.key, m.max, m.flexible)
		if err := writeFields(&b, m.fields, 1); err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return b.Bytes(), nil
}

func writeFields(b *bytes.Buffer, fields []field, depth int) error {
	for _, f := range fields {
		kind := f.kind
		if content, ok := contents[f.name]; ok && kind == "B" {
			kind = content
		}
		line := fmt.Sprintf("%s %s %d %d %d", f.name, kind, f.min, f.max, f.tag)
		line = strings.TrimSuffix(line, " 0 -1 -1")
		line = strings.TrimSuffix(line, " -1 -1")
		line = strings.TrimSuffix(line, " -1")
		fmt.Fprintf(b, "%s%s\n", strings.Repeat(".", depth), line)
		if err := writeFields(b, f.fields, depth+1); err != nil {
			return err
		}
		if strings.HasSuffix(kind, "{") && len(f.fields) == 0 {
			return fmt.Errorf("%s has no fields", f.name)
		}
	}
	return nil
}
