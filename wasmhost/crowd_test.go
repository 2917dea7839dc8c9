package wasmhost

import "testing"

// Five hundred connections take turns with one that never rests, and beside one that is stuck.
func TestConnectionsTakeTurns(t *testing.T) {
	const endless = "1000000000000" // bytes
	o := runProg(t, Config{Dial: dialService}, "crowd", "echo:1", "500", "20", "send:"+endless, "stuck:1")
	if o.code != 0 || o.err != nil || o.stdout != "500 true\n" {
		t.Errorf("got %+v", o)
	}
}
