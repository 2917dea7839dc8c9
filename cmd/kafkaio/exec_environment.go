package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/kafkaio/kafkaio/internal/browser"
)

// environment returns the program's variables: those that a test has of this process, and those of --env.
func (f *execFlags) environment(isTest bool) (inherited, given []string, err error) {
	if isTest {
		inherited = os.Environ()
	}
	for _, text := range f.env {
		name, _, isSet := strings.Cut(text, "=")
		if name == "" {
			return nil, nil, fmt.Errorf("--env %s: K=V was expected, or K for the variable of this name", text)
		}
		if !isSet {
			value, ok := os.LookupEnv(name)
			if !ok {
				return nil, nil, fmt.Errorf("--env %s: there is no variable of this name; to set it: --env %s=VALUE", name, name)
			}
			text = name + "=" + value
		}
		given = append(given, text)
	}
	return inherited, given, nil
}

// jsRoom is what a program for GOOS=js has for its arguments and variables, in bytes. Go's linker leaves so much free.
const jsRoom = 8 << 10

// jsEnvironment returns the variables for a program with these arguments, by name. If they have more than jsRoom, the
// longest of those inherited are left out.
func jsEnvironment(args, inherited, given []string) (env map[string]string, leftOut []string, err error) {
	env = make(map[string]string)
	for _, text := range slices.Concat(inherited, given) {
		name, value, _ := strings.Cut(text, "=")
		env[name] = value
	}
	may := maps.Clone(env)
	for _, text := range given {
		name, _, _ := strings.Cut(text, "=")
		delete(may, name)
	}
	size := func(name string) int { return jsSize(name + "=" + env[name]) }
	length := func(name string) int { return len(name) + len(env[name]) }
	total := 2*8 + jsSize(browser.ProgramName) // 2*8: the ends of both lists
	for _, arg := range args {
		total += jsSize(arg)
	}
	for name := range env {
		total += size(name)
	}
	longest := slices.SortedFunc(maps.Keys(may), func(a, b string) int {
		return cmp.Or(length(b)-length(a), strings.Compare(a, b))
	})
	for ; total >= jsRoom && len(longest) > 0; longest = longest[1:] {
		total -= size(longest[0])
		delete(env, longest[0])
		leftOut = append(leftOut, longest[0])
	}
	if total >= jsRoom {
		return nil, nil, fmt.Errorf("the arguments and --env have %d bytes: a program for GOOS=js has room for %d", total, jsRoom)
	}
	return env, leftOut, nil
}

// jsSize is what an argument or a variable takes: it ends with a zero, at a multiple of 8, and has a pointer.
func jsSize(text string) int { return (len(text)+1+7)/8*8 + 8 }
