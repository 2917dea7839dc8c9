package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
)

// EnvPrefix begins the names of all variables.
const EnvPrefix = "KAFKAIO_BRIDGE_"

// EnvName is the variable of a key: log.level is KAFKAIO_BRIDGE_LOG_LEVEL.
func EnvName(path string) string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(path, ".", "_"))
}

// HasEnv reports whether a key has a variable: those of one value do that are in no list.
func (k Key) HasEnv() bool {
	switch k.Type {
	case "a text", "true or false", "a size", "a duration":
		return !strings.Contains(k.Path, "[]")
	}
	return false
}

// ApplyEnv sets keys to the values of their variables, which win over the file. Variables that belong to no
// key are left alone: Kubernetes makes some of the same prefix for a service called kafkaio-bridge.
func (s *Source) ApplyEnv(lookup func(name string) (value string, ok bool)) error {
	for _, key := range Keys() {
		if !key.HasEnv() {
			continue
		}
		name := EnvName(key.Path)
		value, ok := lookup(name)
		if !ok {
			continue
		}
		if value == "" {
			return fmt.Errorf("%s is empty: give it a value, or unset it", name)
		}
		if err := set(reflect.ValueOf(&s.File).Elem(), strings.Split(key.Path, "."), value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// set sets a scalar by its path.
func set(v reflect.Value, path []string, text string) error {
	for _, key := range path {
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
	}
	if scalar, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return scalar.UnmarshalText([]byte(text))
	}
	if v.Kind() == reflect.String {
		v.SetString(text)
		return nil
	}
	if text != "true" && text != "false" {
		return fmt.Errorf("true or false was expected")
	}
	v.SetBool(text == "true")
	return nil
}
