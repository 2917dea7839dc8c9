package wire

import (
	"fmt"
	"strings"
)

// text prints a Field for people, a line for each.
func text(f Field) string {
	var b strings.Builder
	write(&b, f, 0)
	return b.String()
}

func write(b *strings.Builder, f Field, depth int) {
	fmt.Fprintf(b, "%4d %4d  %s%s: %s", f.Start, f.End, strings.Repeat("  ", depth), f.Name, f.Type)
	switch v := f.Value.(type) {
	case nil:
		if f.Type != typeStruct && f.Type != typeFrame && f.Type != typeTag && f.Type != typeRecord {
			b.WriteString(" null")
		}
	case []byte, string:
		fmt.Fprintf(b, " %q", v)
	default:
		fmt.Fprintf(b, " %v", v)
	}
	b.WriteByte('\n')
	if f.Unpacked != nil {
		fmt.Fprintf(b, "           %sunpacked:\n", strings.Repeat("  ", depth))
		write(b, *f.Unpacked, depth+1)
	}
	for _, part := range f.Fields {
		write(b, part, depth+1)
	}
}
