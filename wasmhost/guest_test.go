package wasmhost

import (
	"bytes"
	"testing"
)

// The tests of package guest say what a guest can expect of a connection.
func TestGuest(t *testing.T) {
	l, err := services.listen("echo", 1)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	code, err := Run(t.Context(), guestTests(t), Config{
		Dial:   services.dial,
		Args:   []string{"guest.test", "-test.v", "-test.timeout=2m"},
		Env:    []string{"KAFKAIO_TEST_SERVICES=" + l.Addr().String()},
		Stdout: &out,
		Stderr: &out,
		Cache:  cache,
	})
	if code != 0 || err != nil {
		t.Fatalf("exit code %d, %v\n%s", code, err, &out)
	}
	t.Logf("%s", &out)
}
