package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Set sets the text at a path, such as clusters[0].tls.ca, for a variable or a flag: origin. Errors about the
// value name the origin.
func (s *Source) Set(path, text, origin string) error {
	s.SetFrom(path, origin)
	if err := setText(valueAt(reflect.ValueOf(&s.File).Elem(), path), text); err != nil {
		return fmt.Errorf("%s: %w", origin, err)
	}
	return nil
}

// valueAt returns the value at a path of known keys. It makes what is missing on the way, but no entry of a list.
func valueAt(v reflect.Value, path string) reflect.Value {
	for _, key := range strings.Split(path, ".") {
		key, index, isItem := strings.Cut(strings.TrimSuffix(key, "]"), "[")
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		for f, field := range v.Fields() {
			if keyOf(f) == key {
				v = field
				break
			}
		}
		if isItem {
			i, _ := strconv.Atoi(index)
			v = v.Index(i)
		}
	}
	return v
}

func setText(v reflect.Value, text string) error {
	if scalar, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return scalar.UnmarshalText([]byte(text))
	}
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
	case text != "true" && text != "false":
		return errors.New("true or false was expected")
	default:
		v.SetBool(text == "true")
	}
	return nil
}
