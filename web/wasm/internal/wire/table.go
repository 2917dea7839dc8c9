package wire

import (
	"embed"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// make writes the table's file messages, which in a fresh checkout isn't there.
//
//go:embed table
var tableFiles embed.FS

// ownStructures are those that franz-go's definitions lack.
const ownStructures = `
#RequestHeader -1 -1 -1
.APIKey 2
.APIVersion 2
.CorrelationID 4
.ClientID s
#ResponseHeader -1 -1 -1
.CorrelationID 4
#Record -1 -1 -1
.Attributes 1
.TimestampDelta V
.OffsetDelta v
.Key C
.Value C
.Headers h
`

// A table has the fields of Kafka's messages.
type table struct {
	requests, responses map[int16]message
	structures          map[string][]field
}

// A message is a request or response in all its versions.
type message struct {
	max      int16 // the last version
	flexible int16 // the first version with compact lengths and tags; noVersion without one
	fields   []field
}

// noVersion is above all versions.
const noVersion = math.MaxInt16

// A field of a message is in its versions from min to max.
type field struct {
	name     string
	kind     kind
	array    bool
	min, max int16
	tag      int // -1: none
	fields   []field
}

func (f *field) in(version int16) bool { return f.min <= version && version <= f.max }

// loadTable reads the table when it is first needed.
var loadTable = sync.OnceValues(func() (*table, error) {
	text, err := tableFiles.ReadFile("table/messages")
	if err != nil {
		return nil, errors.New("the program was built without the table of Kafka's messages: run make table")
	}
	return readTable(ownStructures + string(text))
})

// readTable reads the format that the command generate describes at its tableOf.
func readTable(text string) (*table, error) {
	t := &table{map[int16]message{}, map[int16]message{}, map[string][]field{}}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for len(lines) > 0 {
		name, numbers, err := readLine(strings.TrimPrefix(lines[0], "#"))
		if err == nil && len(numbers) != 3 {
			err = fmt.Errorf("%q has %d numbers", lines[0], len(numbers))
		}
		if err != nil {
			return nil, err
		}
		var fields []field
		fields, lines, err = readFields(lines[1:], 1)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name[0], err)
		}
		m := message{max: numbers[1], flexible: orNone(numbers[2]), fields: fields}
		switch key := numbers[0]; {
		case key < 0:
			t.structures[name[0]] = fields
		case strings.HasSuffix(name[0], "Request"):
			t.requests[key] = m
		default:
			t.responses[key] = m
		}
	}
	return t, nil
}

func orNone(version int16) int16 {
	if version < 0 {
		return noVersion
	}
	return version
}

// readLine splits a line into its words and the numbers after them.
func readLine(line string) (words []string, numbers []int16, err error) {
	for _, word := range strings.Fields(line) {
		// The kind of a field, which follows its name, may be a digit.
		isKind := line[0] == '.' && len(words) == 1
		if c := word[0]; !isKind && (c == '-' || c >= '0' && c <= '9') {
			n, err := strconv.ParseInt(word, 10, 16)
			if err != nil {
				return nil, nil, fmt.Errorf("%q: %w", line, err)
			}
			numbers = append(numbers, int16(n))
			continue
		}
		words = append(words, word)
	}
	return words, numbers, nil
}

// readFields reads the lines of a depth, with what is inside each, and returns the lines that follow.
func readFields(lines []string, depth int) (fields []field, rest []string, err error) {
	for len(lines) > 0 && depthOf(lines[0]) == depth {
		words, numbers, err := readLine(lines[0])
		if err != nil {
			return nil, nil, err
		}
		if len(words) != 2 || len(numbers) > 3 {
			return nil, nil, fmt.Errorf("%q is no field", lines[0])
		}
		f := field{name: words[0][depth:], max: noVersion, tag: -1}
		k, array := strings.CutPrefix(words[1], "[")
		f.kind, f.array = kind(k[0]), array
		if len(numbers) > 0 {
			f.min = numbers[0]
		}
		if len(numbers) > 1 {
			f.max = orNone(numbers[1])
		}
		if len(numbers) > 2 {
			f.tag = int(numbers[2])
		}
		if f.fields, lines, err = readFields(lines[1:], depth+1); err != nil {
			return nil, nil, err
		}
		fields = append(fields, f)
	}
	return fields, lines, nil
}

// depthOf counts the dots at the beginning.
func depthOf(line string) int { return len(line) - len(strings.TrimLeft(line, ".")) }
