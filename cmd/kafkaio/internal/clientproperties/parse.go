package clientproperties

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// A setting is one line of the file.
type setting struct {
	key, value string
	line       int // from 1
}

const blanks = " \t\f"

// parse reads the format of java.util.Properties.load, with its encoding, ISO 8859-1. A key that comes
// twice has the last value, and is at its last place.
func parse(text []byte) ([]setting, error) {
	// Windows editors begin files with a byte order mark.
	source := strings.TrimPrefix(string(text), "\xef\xbb\xbf")
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
	lines := strings.Split(source, "\n")
	var settings []setting
	for i := 0; i < len(lines); i++ {
		number := i + 1
		line := strings.TrimLeft(lines[i], blanks)
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		var whole strings.Builder
		for isContinued(line) {
			whole.WriteString(line[:len(line)-1])
			line = ""
			if i+1 < len(lines) {
				i++
				line = strings.TrimLeft(lines[i], blanks)
			}
		}
		whole.WriteString(line)
		key, value := split(whole.String())
		s := setting{line: number}
		var isKey, isValue bool
		s.key, isKey = unescaped(key)
		s.value, isValue = unescaped(value)
		if !isKey || !isValue {
			return nil, fmt.Errorf(`line %d: \u without four hexadecimal digits: write a backslash as \\`, number)
		}
		settings = append(settings, s)
	}
	return withoutRepeated(settings), nil
}

// isContinued reports whether a line ends in a backslash that isn't itself escaped.
func isContinued(line string) bool {
	return (len(line)-len(strings.TrimRight(line, `\`)))%2 == 1
}

// split cuts at the first =, : or blank that isn't escaped.
func split(line string) (key, value string) {
	end := 0
	for end < len(line) && !strings.ContainsRune("=:"+blanks, rune(line[end])) {
		if line[end] == '\\' {
			end++
		}
		end++
	}
	end = min(end, len(line))
	value = strings.TrimLeft(line[end:], blanks)
	if value != "" && (value[0] == '=' || value[0] == ':') {
		value = strings.TrimLeft(value[1:], blanks)
	}
	return line[:end], value
}

// unescaped is not ok if a \u lacks digits.
func unescaped(text string) (_ string, ok bool) {
	units := make([]uint16, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			units = append(units, uint16(text[i]))
			continue
		}
		i++
		switch c := text[i]; c {
		case 't':
			units = append(units, '\t')
		case 'n':
			units = append(units, '\n')
		case 'r':
			units = append(units, '\r')
		case 'f':
			units = append(units, '\f')
		case 'u':
			if i+4 >= len(text) {
				return "", false
			}
			unit, err := strconv.ParseUint(text[i+1:i+5], 16, 16)
			if err != nil {
				return "", false
			}
			units = append(units, uint16(unit))
			i += 4
		default:
			units = append(units, uint16(c))
		}
	}
	return string(utf16.Decode(units)), true
}

func withoutRepeated(settings []setting) []setting {
	last := make(map[string]int, len(settings))
	for i, s := range settings {
		last[s.key] = i
	}
	kept := settings[:0]
	for i, s := range settings {
		if last[s.key] == i {
			kept = append(kept, s)
		}
	}
	return kept
}
