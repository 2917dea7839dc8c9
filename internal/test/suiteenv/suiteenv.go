// Package suiteenv carries what a suite of tests needs to know to a test binary that runs elsewhere:
// in a browser, or in a WASI host. It goes there as JSON, in an environment variable.
package suiteenv

import (
	"encoding/json"
	"os"
	"strings"
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

// Decode fills setup from the variable, which must be set: the package that is named runs the suite.
func Decode(t *testing.T, variable, runBy string, setup any) {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		t.Fatal(variable + " is not set: " + runBy + " runs this suite, on every way to a broker")
	}
	d := json.NewDecoder(strings.NewReader(value))
	d.DisallowUnknownFields()
	if err := d.Decode(setup); err != nil {
		t.Fatalf("%s: %v", variable, err)
	}
}
