package wire

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Each API in each version, against what franz-go's own types hold.
func TestDecodeUnderstandsEveryMessage(t *testing.T) {
	for _, s := range samples() {
		f := s.decode()
		checkPartition(t, f, len(s.frame))
		for _, leaf := range leaves(f) {
			if leaf.Type == typeUnparsed && !strings.HasPrefix(leaf.Value.(string), "tag 1000") {
				t.Fatalf("%s: %s: %v\n%s", s.name(), leaf.Name, leaf.Value, text(f))
			}
		}
		if len(f.Fields) != 3 {
			t.Fatalf("%s:\n%s", s.name(), text(f))
		}
		compare(t, s.name(), f.Fields[2], s.message)
	}
}

// compare fails unless the fields of f have the values of v's.
func compare(t *testing.T, path string, f Field, v reflect.Value) {
	t.Helper()
	path += "." + f.Name
	switch {
	case f.Type == typeRedacted:
		return
	case f.Type == typeStruct:
		for v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		for _, part := range f.Fields {
			switch part.Name {
			case "Tags":
				compareTags(t, path, part, v)
			case "Present":
			default:
				compare(t, path, part, v.FieldByName(part.Name))
			}
		}
		return
	case strings.HasSuffix(f.Type, "array"):
		if n, _ := f.Value.(int); n != v.Len() {
			t.Errorf("%s: %v elements, want %d", path, f.Value, v.Len())
			return
		}
		for i, part := range f.Fields[min(1, len(f.Fields)):] {
			compare(t, path, part, v.Index(i))
		}
		return
	}
	if f.Type == typeRecords || len(f.Fields) > 0 {
		return // what consumers and records hold has tests of its own
	}
	got, want := fmt.Sprint(f.Value), valueOf(v)
	if want == "<nil>" && (got == "" || got == "[]") {
		return // kmsg writes nil as nothing where there is no null
	}
	if got != want {
		t.Errorf("%s: %s, want %s", path, got, want)
	}
}

func compareTags(t *testing.T, path string, tags Field, v reflect.Value) {
	t.Helper()
	for _, tag := range tags.Fields[min(1, len(tags.Fields)):] {
		if tag.Name != "Unknown" {
			compare(t, path, tag.Fields[2], v.FieldByName(tag.Name))
		}
	}
}

// valueOf prints a value of kmsg's as that of a Field.
func valueOf(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case [16]byte:
		return base64.RawURLEncoding.EncodeToString(x[:])
	case *string:
		if x == nil {
			return "<nil>"
		}
		return *x
	case []byte:
		if x == nil {
			return "<nil>"
		}
	case fmt.Stringer: // an enum
		return fmt.Sprint(v.Int())
	}
	return fmt.Sprint(v.Interface())
}

func TestDecodeCoversFramesCutShort(t *testing.T) {
	for _, s := range samples() {
		if last := kmsg.RequestForKey(s.key).MaxVersion(); !s.filled || s.version != 0 && s.version != last {
			continue
		}
		for n := 0; n < len(s.frame); n += 1 + n/8 {
			f := Decode(s.key, s.version, s.request, s.frame[:n])
			checkPartition(t, f, n)
			all := leaves(f)
			if last := all[len(all)-1]; last.Type != typeUnparsed && last.Type != typeRedacted {
				t.Fatalf("%s cut to %d bytes ends with\n%s", s.name(), n, text(last))
			}
		}
	}
}

func TestDecodeSaysWhatIsWrong(t *testing.T) {
	metadata := requestSample(3, 12, true).frame
	tests := []struct {
		name         string
		key, version int16
		request      bool
		frame        []byte
		want         string
	}{
		{"nothing", 3, 12, true, nil, "Size: 4 of 4 bytes are missing"},
		{"half a length", 3, 12, true, metadata[:2], "Size: 2 of 4 bytes are missing"},
		{"a negative length", 3, 12, true, []byte{255, 255, 255, 255, 1}, "Frame: the frame's length is -1"},
		{"a header that is cut", 3, 12, true, metadata[:9], "CorrelationID: 3 of 4 bytes are missing"},
		{"a later version", 3, 99, true, metadata, "Body: version 99 is unknown: the last known is 13"},
		{"a negative version", 3, -1, true, requestSample(3, 1, true).frame, "Body: version -1 is unknown: the last known is 13"},
		{"bytes after the frame", 3, 12, true, append(bytes.Clone(metadata), "more"...), "Rest: 4 bytes follow the frame"},
		{"bytes after the last field", 3, 12, true, withSize(append(bytes.Clone(metadata), "more"...)), "Rest: 4 bytes follow the last field"},
		{"an array that can't be", 3, 1, true, withSize([]byte("\x00\x00\x00\x00\x00\x03\x00\x01\x00\x00\x00\x01\xff\xff\x7f\xff\xff\xff")),
			"Topics: 2147483647 elements are said to follow, in 0 bytes"},
		{"a string that can't be", 3, 1, true, withSize([]byte("\x00\x00\x00\x00\x00\x03\x00\x01\x00\x00\x00\x01\xff\xff\x00\x00\x00\x01\x00\x09ab")),
			"Topic: 7 of 9 bytes are missing"},
		{"a varint that doesn't end", 3, 12, true, withSize([]byte("\x00\x00\x00\x00\x00\x03\x00\x0c\x00\x00\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff")),
			"Tags: an unsigned varint does not end within 31 bits"},
	}
	for _, test := range tests {
		f := Decode(test.key, test.version, test.request, test.frame)
		checkPartition(t, f, len(test.frame))
		var said []string
		for _, leaf := range leaves(f) {
			if leaf.Type == typeUnparsed && !strings.HasPrefix(leaf.Value.(string), "tag 1000") {
				said = append(said, fmt.Sprintf("%s: %v", leaf.Name, leaf.Value))
			}
		}
		if len(said) != 1 || said[0] != test.want {
			t.Errorf("%s: %q, want %q", test.name, said, test.want)
		}
	}
}

// A broker that doesn't know the client's version of ApiVersions answers in version 0.
func TestDecodeApiVersionsOfAnOlderBroker(t *testing.T) {
	r := kmsg.NewPtrApiVersionsResponse()
	r.ErrorCode = unsupportedVersion
	r.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: 18, MaxVersion: 3}}
	frame := withSize(r.AppendTo([]byte{0, 0, 0, 0, 0, 0, 0, 77}))
	f := Decode(apiVersions, 4, false, frame)
	checkPartition(t, f, len(frame))
	if got := text(f.Fields[2].Fields[1]); !strings.Contains(got, "MaxVersion: int16 3") {
		t.Error(got)
	}
}

func TestDecodeShowsABoundedNumberOfFields(t *testing.T) {
	for _, s := range samples() {
		if !s.filled || s.version != kmsg.RequestForKey(s.key).MaxVersion() {
			continue
		}
		for _, fields := range []int{0, 1, 2, 5, 10, 20, 50, 100} {
			d := &decoder{frame: s.frame, end: len(s.frame), left: fields, key: s.key}
			f := d.decode(s.version, s.request)
			checkPartition(t, f, len(s.frame))
			// The frame's length and its end, and what is around the field at which it stopped, come on top.
			if n := len(leaves(f)); n > 2*fields+20 {
				t.Fatalf("%s: %d leaves with up to %d fields\n%s", s.name(), n, fields, text(f))
			}
		}
	}
}
