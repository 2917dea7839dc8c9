package main

import (
	"fmt"
	"io"
	"os"
)

// A printer writes to the user, in colour when that is a terminal and NO_COLOR is not set
// (https://no-color.org).
type printer struct {
	w      io.Writer
	colour bool
}

func newPrinter(w io.Writer) printer {
	return printer{w: w, colour: isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (p printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

// link prints what to open, so that it is seen first.
func (p printer) link(label, url string) {
	if p.colour {
		url = "\x1b[1;36m" + url + "\x1b[0m"
	}
	p.line("  %s  %s", label, url)
}
