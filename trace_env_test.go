//go:build !wasm

package kafkaio

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/testnet"
)

func TestDebugLevelOfAnEnvironment(t *testing.T) {
	for _, test := range []struct {
		ours, perls string
		level       int
		complaints  []string
	}{
		{"", "", 0, nil},
		{"0", "", 0, nil},
		{"1", "", 1, nil},
		{"2", "", 2, nil},
		{"", "1", 1, nil},
		{"IO:2", "", 2, nil},
		{"", "IO:1,Connection:1", 1, nil},
		{"", " IO : 2 , Connection : 1 ", 2, nil},
		{"Connection:2", "", 0, nil},
		{"1,IO:2", "", 2, nil},
		{"IO:0,2", "", 0, nil},
		{"1", "2", 1, nil},
		{"0", "2", 0, nil},
		{"3", "", 0, []string{`KAFKAIO_DEBUG="3" is ignored: "3" is no level: 0, 1 or 2 was expected`}},
		{"-1", "", 0, []string{`"-1" is no level`}},
		{"yes", "", 0, []string{`"yes" is no level`}},
		{"IO:", "", 0, []string{`"" is no level`}},
		{":2", "", 0, []string{`there is no layer "": IO was expected`}},
		{"io:2", "", 0, []string{`there is no layer "io": IO was expected`}},
		{"IO:2,", "", 0, []string{`"" is no level`}},
		{"IO:99999999999999999999", "", 0, []string{`"99999999999999999999" is no level`}},
		{"yes", "1", 1, []string{`KAFKAIO_DEBUG="yes" is ignored`}},
		{"yes", "no", 0, []string{`KAFKAIO_DEBUG="yes" is ignored`, `PERL_KAFKA_DEBUG="no" is ignored`}},
		{"1", "no", 1, nil},
	} {
		level, complaints := debugLevelOf(func(name string) string {
			return map[string]string{"KAFKAIO_DEBUG": test.ours, "PERL_KAFKA_DEBUG": test.perls}[name]
		})
		if level != test.level || len(complaints) != len(test.complaints) {
			t.Errorf("%q, %q: level %d, %q, want level %d, %q", test.ours, test.perls, level, complaints, test.level, test.complaints)
			continue
		}
		for i, want := range test.complaints {
			if !strings.HasPrefix(complaints[i], "kafkaio: ") || !strings.Contains(complaints[i], want) {
				t.Errorf("%q, %q: complains %q, want %q", test.ours, test.perls, complaints[i], want)
			}
		}
	}
}

// A program that dials the same broker twice logs to standard error, at the level its environment sets.
func TestEnvironmentAsksForALog(t *testing.T) {
	addr := testnet.Serve(t, testnet.Discard)
	line := func(n, what string) string {
		return `\d{4}/\d\d/\d\d \d\d:\d\d:\d\d\.\d{6} kafkaio: ` + regexp.QuoteMeta(addr) + ` #` + n + `: ` + what + `\n`
	}
	one := func(n string) string {
		return line(n, `connected to `+regexp.QuoteMeta(addr)+` after \S+`) + line(n, `closed`)
	}
	for _, test := range []struct {
		env  []string
		want string
	}{
		{nil, ``},
		{[]string{"KAFKAIO_DEBUG=1"}, one("1") + one("2")},
		{[]string{"PERL_KAFKA_DEBUG=IO:2"}, one("1") + one("2")},
		{[]string{"KAFKAIO_DEBUG=loud"}, `kafkaio: KAFKAIO_DEBUG="loud" is ignored: .*\n`},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "KAFKAIO_DEBUG=", "PERL_KAFKA_DEBUG=", dialEnv+"="+addr)
		cmd.Env = append(cmd.Env, test.env...)
		var said bytes.Buffer
		cmd.Stderr = &said
		if out, err := cmd.Output(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if !regexp.MustCompile(`^` + test.want + `$`).MatchString(said.String()) {
			t.Errorf("%s: said\n%s\nwant\n%s", test.env, said.String(), test.want)
		}
	}
}
