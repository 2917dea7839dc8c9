package main

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const enums = `// A comment.
Kind int16 (
  1: ONE
)
Case int8 camelcase (
  0: Zero
)
`

// of returns the table of a file with this text.
func of(text string) (string, error) {
	table, err := tableOf(fstest.MapFS{"enums": {Data: []byte(enums)}, "00_file": {Data: []byte(text)}})
	return string(table), err
}

func TestTable(t *testing.T) {
	got, err := of(`// AStruct is used below.
AStruct => not top level, no encoding, flexible v0+
  // A comment.
  Kind: enum-Kind

ARequest => key 7, max version 3, flexible v2+, admin
  TimeoutMillis(60000)
  Some: [AStruct] // v1+
  One: AStruct // v1-v2
  Maybe: nullable=> // v3+, tag 1
    Level: int32(0x7f)
    Names: nullable-v2+[=>]Name
      Name: nullable-string-v7+(null)
      Ports: nullable[uint16]
  Case: enum-Case(-1) // tag 0

AResponse =>
  ThrottleMillis(2) // v1+
  Records: nullable-bytes // v2+
  Metadata: string

RecordBatch => not top level
  Length: int32
  Records: length-field-minus => Length - 49
`)
	if err != nil {
		t.Fatal(err)
	}
	want := `#ARequest 7 3 2
.TimeoutMillis 4
.Some [{ 1
..Kind 2
.One { 1 2
..Kind 2
.Maybe ? 3 -1 1
..Level 4
..Names [{
...Name s
...Ports [u
.Case 1 0 -1 0
#AResponse 7 3 2
.ThrottleMillis 4 1
.Records r 2
.Metadata s
#RecordBatch -1 -1 -1
.Length 4
.Records R
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableFailsOn(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no heading", "ARequest\n", `"ARequest" is no heading`},
		{"a response alone", "AResponse =>\n", "AResponse has no request"},
		{"an unknown type", "ARequest => key 1, max version 0\n  A: int24\n", `ARequest: A: the type "int24" is unknown`},
		{"an unknown enumeration", "ARequest => key 1, max version 0\n  A: enum-Other\n", `the enumeration "Other" is unknown`},
		{"an array of arrays", "ARequest => key 1, max version 0\n  A: [[int32]]\n", "is unknown"},
		{"odd versions", "ARequest => key 1, max version 0\n  A: int32 // since 3\n", "has no versions"},
		{"no field", "ARequest => key 1, max version 0\n  A = int32\n", "is no field"},
		{"a wrong indent", "ARequest => key 1, max version 0\n      A: int32\n", "is indented too far"},
		{"an empty structure", "ARequest => key 1, max version 0\n  A: =>\n", "A has no fields"},
	}
	for _, test := range tests {
		if table, err := of(test.text); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s\n%s", test.name, err, test.want, table)
		}
	}
}

// franz-go's own definitions have all APIs that Kafka 4.3 has.
func TestTableOfFranzGo(t *testing.T) {
	file := t.TempDir() + "/messages"
	if err := run([]string{file}); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"#FetchRequest 1 ", "#FetchResponse 1 ", "#UnregisterControllerRequest 94 ", "#RecordBatch -1 ", "#ConsumerMemberMetadata -1 "} {
		if !strings.Contains(string(table), want) {
			t.Errorf("there is no %s", want)
		}
	}
	before, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := run([]string{file}); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(file); err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("a file that holds the table was written again: %v", err)
	}
}
