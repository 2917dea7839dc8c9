package wasmhost

import (
	"bytes"
	"net"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/require"
	"github.com/kafkaio/kafkaio/internal/test/testreport"
)

// The tests of package guest say what a guest can expect of a connection. Each is a subtest here.
func TestGuest(t *testing.T) {
	require.Long(t, "all tests of a guest")
	env := []string{"KAFKAIO_TEST_SERVICES=" + services.peer.Addr()}
	for name, value := range require.Elsewhere() {
		env = append(env, name+"="+value)
	}
	run := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		code, err := Run(t.Context(), guestTests(t), Config{
			Dial:         dialService,
			Listen:       new(net.ListenConfig).Listen,
			ListenPacket: listenPacketService,
			Args:         append([]string{"guest.test", "-test.timeout=9m"}, args...),
			Env:          env,
			Stdout:       &out,
			Stderr:       &out,
			Cache:        cache,
		})
		if code != 0 || err != nil {
			t.Errorf("exit code %d, %v\n%s", code, err, &out)
		}
		return out.String()
	}
	all := strings.Fields(run("-test.list=."))
	testreport.Report(t, all, testreport.Parse(run(testreport.Args(t, "")...)))
}

// Without the services, the guest's tests would fail or, worse, be skipped.
func TestGuestTestsWithoutServicesFail(t *testing.T) {
	require.Long(t, "all tests of a guest")
	var out bytes.Buffer
	code, err := Run(t.Context(), guestTests(t), Config{Args: []string{"guest.test"}, Stdout: &out, Stderr: &out, Cache: cache})
	if code != 1 || err != nil || !strings.Contains(out.String(), "KAFKAIO_TEST_SERVICES is not set") {
		t.Errorf("exit code %d, %v\n%s", code, err, &out)
	}
}
