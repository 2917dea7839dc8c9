package main

import (
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

// given are the flags that the user gave. Hidden ones, which stand for arguments, aren't among them.
func given(set *pflag.FlagSet) (flags []ping.Flag) {
	set.Visit(func(p *pflag.Flag) {
		switch list, isList := p.Value.(pflag.SliceValue); {
		case p.Hidden:
		case isList:
			for _, value := range list.GetSlice() {
				flags = append(flags, ping.Flag{Name: p.Name, Value: value})
			}
		case p.Value.Type() == "bool" && p.Value.String() == "false": // as without it
		case p.Value.Type() == "bool":
			flags = append(flags, ping.Flag{Name: p.Name})
		default:
			flags = append(flags, ping.Flag{Name: p.Name, Value: p.Value.String()})
		}
	})
	return flags
}

// A durationValue is a flag whose error says what a duration looks like.
type durationValue time.Duration

func (d *durationValue) String() string { return time.Duration(*d).String() }
func (d *durationValue) Type() string   { return "duration" }

func (d *durationValue) Set(text string) error {
	v, err := time.ParseDuration(text)
	if err != nil {
		return errors.New("a number with its unit was expected, such as 1.5s")
	}
	*d = durationValue(v)
	return nil
}

// secret reads a file, without the end of its line. Without a name of a file it reads the variable env.
func secret(flag, file, env string) (string, error) {
	if file == "" {
		return os.Getenv(env), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", badFile("%s: %w", flag, err)
	}
	line := strings.TrimRight(string(text), "\r\n")
	if line == "" {
		return "", badFile("%s %s: it is empty", flag, file)
	}
	return line, nil
}
