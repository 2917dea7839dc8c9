package port

import (
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// The tags of values. PROTOCOL.md says what follows each.
const (
	tagNull byte = iota
	tagFalse
	tagTrue
	tagNumber
	tagBigint
	tagString
	tagBytes
	tagList
	tagObject
	tagError
)

// appendValue appends v as the page decodes it: int64 as a bigint, every other number as a number, []byte
// as a Uint8Array, an *Error as a KafkaError, a struct as an object with the names of its json tags, a nil
// pointer as null. It panics for what has no such form, which is a defect of the program.
func appendValue(b []byte, v any) []byte {
	if v == nil {
		return append(b, tagNull)
	}
	return appendReflected(b, reflect.ValueOf(v))
}

var errorType = reflect.TypeFor[Error]()

func appendReflected(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return append(b, tagTrue)
		}
		return append(b, tagFalse)
	case reflect.Int64:
		return binary.BigEndian.AppendUint64(append(b, tagBigint), uint64(v.Int()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32:
		return appendNumber(b, float64(v.Int()))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return appendNumber(b, float64(v.Uint()))
	case reflect.Float64:
		return appendNumber(b, v.Float())
	case reflect.String:
		return appendText(append(b, tagString), v.String())
	case reflect.Slice:
		return appendSlice(b, v)
	case reflect.Map:
		return appendMap(b, v)
	case reflect.Struct:
		if v.Type() == errorType {
			b = append(b, tagError)
		}
		return appendStruct(b, v)
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return append(b, tagNull)
		}
		return appendReflected(b, v.Elem())
	}
	panic(fmt.Sprintf("port: a %s has no form on the wire", v.Type()))
}

func appendNumber(b []byte, n float64) []byte {
	return binary.BigEndian.AppendUint64(append(b, tagNumber), math.Float64bits(n))
}

func appendText(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
}

// appendSlice appends bytes, where nil is null, or a list, where nil is empty.
func appendSlice(b []byte, v reflect.Value) []byte {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		if v.IsNil() {
			return append(b, tagNull)
		}
		return append(appendBytesHeader(b, v.Len()), v.Bytes()...)
	}
	b = binary.BigEndian.AppendUint32(append(b, tagList), uint32(v.Len()))
	for i := range v.Len() {
		b = appendReflected(b, v.Index(i))
	}
	return b
}

func appendBytesHeader(b []byte, length int) []byte {
	return binary.BigEndian.AppendUint32(append(b, tagBytes), uint32(length))
}

// appendMap appends a map with keys of strings, in their order.
func appendMap(b []byte, v reflect.Value) []byte {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(x, y reflect.Value) int { return strings.Compare(x.String(), y.String()) })
	b = binary.BigEndian.AppendUint32(append(b, tagObject), uint32(len(keys)))
	for _, key := range keys {
		b = appendReflected(appendText(b, key.String()), v.MapIndex(key))
	}
	return b
}

// appendStruct appends the fields with a json tag, those of embedded structs too. One with omitzero is left out
// if it has its zero value.
func appendStruct(b []byte, v reflect.Value) []byte {
	b = append(b, tagObject)
	count := len(b)
	b, n := appendFields(append(b, 0, 0, 0, 0), v)
	binary.BigEndian.PutUint32(b[count:], n)
	return b
}

// appendFields returns also the number of the fields.
func appendFields(b []byte, v reflect.Value) (_ []byte, n uint32) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name, option, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case field.Anonymous:
			var more uint32
			b, more = appendFields(b, v.Field(i))
			n += more
		case name == "" || option == "omitzero" && v.Field(i).IsZero():
		default:
			b = appendReflected(appendText(b, name), v.Field(i))
			n++
		}
	}
	return b, n
}
