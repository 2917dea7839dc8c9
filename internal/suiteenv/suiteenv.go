// Package suiteenv carries what a suite of tests needs to know to a test binary that runs elsewhere:
// in a browser, or in a WASI host. It goes there as JSON, in an environment variable.
package suiteenv

import (
	"encoding/json"
	"os"
	"testing"
)

// Encode returns the value of the variable for setup, a struct of strings.
func Encode(setup any) string {
	b, err := json.Marshal(setup)
	if err != nil {
		panic(err) // it is no such struct
	}
	return string(b)
}

// Decode fills setup from the variable. A test that is run without one is skipped: it is run by the
// package that is named.
func Decode(t *testing.T, variable, runBy string, setup any) {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		t.Skip(variable + " is not set: " + runBy + " runs this suite, on every way to a broker")
	}
	if err := json.Unmarshal([]byte(value), setup); err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
}
