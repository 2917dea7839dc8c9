package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kafkaio/kafkaio/cmd/kafkaio/internal/ping"
)

// A pingPrinter prints a report for people.
type pingPrinter struct {
	printer
	yes, no string // marks of the same width
}

func newPingPrinter(w io.Writer) pingPrinter {
	p := pingPrinter{printer: newPrinter(w), yes: "ok  ", no: "FAIL"}
	if isUTF8(os.Getenv) {
		p.yes, p.no = "✓", "✗"
	}
	return p
}

// isUTF8 reports whether the locale's encoding is UTF-8. The first variable that is set counts (POSIX,
// Internationalization Variables).
func isUTF8(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(getenv(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}

// begin prints the heading, before the first step.
func (p pingPrinter) begin(target, bridge string) {
	if bridge != "" {
		target += " through " + bridge
	}
	p.line("%s", p.in(bold, target))
	p.line("")
}

var stepNames = map[string]string{
	ping.Resolve:     "Resolve",
	ping.Connect:     "Connect",
	ping.Bridge:      "Bridge",
	ping.TLS:         "TLS",
	ping.APIVersions: "ApiVersions",
	ping.SASL:        "SASL",
	ping.Metadata:    "Metadata",
}

func (p pingPrinter) step(s ping.Step) {
	p.line("  %s  %-11s  %s   %s", p.mark(s.OK), stepNames[s.Name], took(s.Milliseconds), s.Detail)
}

func (p pingPrinter) mark(ok bool) string {
	if ok {
		return p.in(green, p.yes)
	}
	return p.in(red, p.no)
}

// took returns a duration in a column of fixed width.
func took(ms float64) string {
	switch {
	case ms < 9.95:
		return fmt.Sprintf("%4.1f ms", ms)
	case ms < 999.5:
		return fmt.Sprintf("%4.0f ms", ms)
	}
	return fmt.Sprintf("%4.1f s ", ms/1000)
}

// end prints the brokers and the problems, after the last step.
func (p pingPrinter) end(r *ping.Report) {
	if r.Cluster != nil {
		p.line("")
		p.brokers(r)
		p.line("")
		p.paragraph("", bold, r.Summary)
	}
	for _, problem := range r.Problems {
		p.problem(problem)
	}
}

// report prints all of a report.
func (p pingPrinter) report(r *ping.Report) {
	p.begin(r.Target, r.Bridge)
	for _, s := range r.Steps {
		p.step(s)
	}
	p.end(r)
}

// problem prints a problem, its advice and its fix.
func (p pingPrinter) problem(problem ping.Problem) {
	const indent = "  "
	p.line("")
	p.paragraph(indent, "", problem.Text)
	p.line("")
	p.paragraph(indent, "", problem.Advice)
	if len(problem.Fix) == 0 {
		return
	}
	p.line("")
	for _, line := range problem.Fix {
		p.line("%s%s%s", indent, indent, p.in(cyan, line))
	}
}

// brokers prints the table of brokers.
func (p pingPrinter) brokers(r *ping.Report) {
	blank := strings.Repeat(" ", utf8.RuneCountInString(p.yes))
	rows := [][]string{{blank, "Broker", "Advertised as", "Addresses", "   Time", "Outcome"}}
	for _, b := range r.Brokers {
		rows = append(rows, []string{p.mark(b.OK), strconv.Itoa(int(b.ID)), shortened(b.Advertised()), shortened(strings.Join(b.Addresses, ", ")), took(b.Milliseconds), b.Outcome})
	}
	var id, advertised, addresses int
	for _, row := range rows {
		id, advertised, addresses = max(id, len(row[1])), max(advertised, len(row[2])), max(addresses, len(row[3]))
	}
	for _, row := range rows {
		p.line("  %s  %*s  %-*s  %-*s  %s   %s", row[0], id, row[1], advertised, row[2], addresses, row[3], row[4], row[5])
	}
	if more := r.Cluster.Brokers - len(r.Brokers); more > 0 {
		p.line("  %s  and %d more, which were not tried", blank, more)
	}
}

// shortened cuts a cell that is too long for the table.
func shortened(cell string) string {
	const most = 48
	if len(cell) > most {
		return cell[:most-3] + "..."
	}
	return cell
}

// paragraph prints a text in lines of at most 78 characters.
func (p pingPrinter) paragraph(indent, way, text string) {
	const width = 78
	var line string
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len(indent)+len(line)+1+len(word) > width:
			p.line("%s%s", indent, p.in(way, line))
			line = word
		default:
			line += " " + word
		}
	}
	p.line("%s%s", indent, p.in(way, line))
}

// Ways to show a text: the parameters of SGR in ECMA-48.
const (
	bold  = "1"
	red   = "31"
	green = "32"
	cyan  = "36"
)

// in returns the text in one of these ways if the output has colour.
func (p pingPrinter) in(way, text string) string {
	if !p.colour || way == "" {
		return text
	}
	return "\x1b[" + way + "m" + text + "\x1b[0m"
}
