package policy

import (
	"fmt"
	"strings"
)

// An Error is a mistake in a policy.
type Error struct {
	Index int    // of the policy in the list
	Path  string // of the value in the policy, such as topics[0]; empty: the policy itself
	Err   error

	label string // policy N, or policy "NAME"
}

func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s: %v", e.label, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.label, e.Path, e.Err)
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Errors are the mistakes of several policies.
type Errors []*Error

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// err is nil without mistakes.
func (e Errors) err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// wrong is an Error of a policy that isn't known yet.
func wrong(path, format string, args ...any) *Error {
	return &Error{Path: path, Err: fmt.Errorf(format, args...)}
}

// of says which policy the mistake is in.
func (e *Error) of(r *rule) *Error {
	e.Index, e.label = r.index, r.label
	return e
}

// item is the path of an entry of a list.
func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
