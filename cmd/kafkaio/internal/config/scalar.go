package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// A Size is a number of bytes, written as a number, or as a number with KiB, MiB or GiB.
type Size int64

// sizeUnits are from the largest.
var sizeUnits = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) error {
	number, unit := strings.TrimSpace(string(text)), int64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return errors.New("a size was expected: bytes, or a whole number with KiB, MiB or GiB, such as 512MiB")
	}
	*s = Size(n * unit)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

func (s Size) String() string {
	for _, u := range sizeUnits {
		if s > 0 && int64(s)%u.bytes == 0 {
			return fmt.Sprintf("%d%s", int64(s)/u.bytes, u.name)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// A Duration is written as numbers with their units: h, m, s or ms, such as 1h30m.
type Duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return errors.New("a duration was expected: a number with h, m, s or ms, such as 12h or 1h30m")
	}
	*d = Duration(v)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String leaves out the zeros of 12h0m0s.
func (d Duration) String() string {
	text := time.Duration(d).String()
	if rest, ok := strings.CutSuffix(text, "m0s"); ok {
		text = rest + "m"
	}
	if rest, ok := strings.CutSuffix(text, "h0m"); ok {
		text = rest + "h"
	}
	return text
}

// A StringOrList is a list. One string stands for the list that has it alone.
type StringOrList []string

// UnmarshalYAML implements yaml.BytesUnmarshaler.
func (l *StringOrList) UnmarshalYAML(text []byte) error {
	var list []string
	if yaml.Unmarshal(text, &list) == nil {
		*l = list
		return nil
	}
	var one string
	if err := yaml.Unmarshal(text, &one); err != nil {
		return errors.New("a text or a list of texts was expected")
	}
	*l = StringOrList{one}
	return nil
}
