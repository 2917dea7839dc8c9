package main

import (
	"strings"
	"testing"
)

func TestExplainNamesThePolicy(t *testing.T) {
	name := bridgeFile(t, oneCluster("kafka:9092")+readers)
	observed := bridgeFile(t, oneCluster("kafka:9092")+strings.Replace(readers, "allow:", "observe: true, allow:", 1))
	for _, row := range []struct {
		args, want string
	}{
		{"--as alice --group ops --group devs " + name, `readers: read-only; topics: "orders*"`},
		{"--as alice " + name, `readers: not for "alice", in no groups: it is for groups "devs"`},
		{"--as alice --group devs " + name + " Fetch orders-eu", `Fetch on topic "orders-eu": allowed by the policy "readers"`},
		{"--as alice --group devs " + name + " Fetch payments", `readers: topics has "orders*", which doesn't match`},
		{"--as alice --group devs " + name + " Produce orders-eu", "readers: read-only doesn't include Produce; produce-only, read-write, full do"},
		{"--as alice " + name + " Fetch orders-eu", "no policy is for this identity"},
		{"--as alice " + bridgeFile(t, oneCluster("kafka:9092")), "has no policies"},
		{"--as alice " + bridgeFile(t, heldCluster), "On prod, whose credentials the bridge has, nobody may authenticate"},
		{"--as alice --group devs " + bridgeFile(t, heldCluster+readers) + " SaslHandshake", "SaslHandshake: denied\n    the bridge has the credentials for this cluster"},
		{"--as alice --group devs " + observed, `; it observes: all else is let through and logged`},
		{"--as alice --group devs " + observed + " Produce payments", `let through and logged, since the policy "readers" observes`},
	} {
		o := runToEnd(t, stubPage, append([]string{"bridge", "explain"}, strings.Fields(row.args)...)...)
		if o.code != exitOK {
			t.Errorf("%s: %s", row.args, o.stderr)
		}
		mustSay(t, o.stdout, row.want)
	}
}

func TestExplainOfWhatIsNeverAllowedBlamesNoPolicy(t *testing.T) {
	o := runToEnd(t, stubPage, "bridge", "explain", "--as=alice", "--group=devs", bridgeFile(t, oneCluster("kafka:9092")+readers), "Vote")
	if want := "alice on prod:\n  Vote: denied\n    only controllers and brokers use it among themselves\n"; o.stdout != want || o.code != exitOK {
		t.Errorf("exit code %d: %q, want %q", o.code, o.stdout, want)
	}
}
