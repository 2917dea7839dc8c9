package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// A checkedWriter keeps the first error: a command whose output was cut off must not seem to succeed.
type checkedWriter struct {
	w   io.Writer
	err error
}

// Write implements io.Writer. After an error it writes nothing.
func (c *checkedWriter) Write(p []byte) (n int, err error) {
	if c.err == nil {
		n, c.err = c.w.Write(p)
	}
	return n, c.err
}

// failure returns the error for the user, or nil.
func (c *checkedWriter) failure() error {
	if c.err == nil {
		return nil
	}
	err := c.err
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return failed("cannot write the result: %w", err)
}

// failure returns nil if the user got all of the output.
func (p printer) failure() error {
	if c, ok := p.w.(*checkedWriter); ok {
		return c.failure()
	}
	return nil
}

func isTerminal(w io.Writer) bool {
	if c, ok := w.(*checkedWriter); ok {
		w = c.w
	}
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
