package bridge_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// A new token counts for the next authentication: of a stream that is open, and of a new one.
func TestRenewedTokenIsShownToTheBroker(t *testing.T) {
	var mu sync.Mutex
	var tokens []string
	broker := &saslBroker{lifetime: 10 * time.Second, principalOf: func(auth []byte) string {
		mu.Lock()
		defer mu.Unlock()
		tokens = append(tokens, bearer(auth))
		return nameOf(auth)
	}}
	inVirtualTime(t, 0, asUsers(broker), func(t *testing.T, v *virtual) {
		p := v.pipeOf(t, hostile.Tunnel, "alice/1h")
		answers := &pipeReader{pipe: p}
		ask := func(id int32) {
			t.Helper()
			if err := p.send(request(metadataKey, 1, id, 50)); err != nil {
				t.Fatal(err)
			}
			if _, err := readFrame(answers); err != nil {
				t.Fatal(err)
			}
		}
		ask(1)
		send(t, p.Conn, hostile.Auth("alice/2h"))
		synctest.Wait()
		time.Sleep(11 * time.Second)
		ask(2)
		open(t, p.Conn, 3, 1<<20, memoryBroker)
		if got := strings.Join(tokens, " "); got != "alice/1h alice/2h alice/2h" {
			t.Errorf("the broker was shown %s", got)
		}
	})
}

// The broker puts what it was shown into its refusal.
func TestTokenThatABrokerRepeatsIsHidden(t *testing.T) {
	const token = "alice/59m" // of the identity alice, which the log names
	var logged bytes.Buffer
	config := func(t *testing.T) bridge.Config {
		c := asUsers(&saslBroker{principalOf: func([]byte) string { return "" }})(t)
		c.Log = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
		return c
	}
	inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		send(t, c, hostile.Auth(token), hostile.Open(1, 1<<20, memoryBroker))
		code, reason := pipe{c, false}.end()
		if code != 4502 || !strings.HasPrefix(reason, "sasl: the broker refused the bridge's credentials: Authentication failed: n,,") || !strings.Contains(reason, "auth=Bearer (hidden)") {
			t.Errorf("refused with %d %q", code, reason)
		}
		synctest.Wait()
		if strings.Contains(logged.String()+reason, token) || !strings.Contains(logged.String(), "(hidden)") {
			t.Errorf("the log is\n%s", logged.String())
		}
	})
}

// Authorize gets the request again for each token, so the session holds it: its headers and its address.
func TestRequestsOfSessionsTakeMemory(t *testing.T) {
	const size = 10_000
	inVirtualTime(t, 0, asUsers(&saslBroker{principalOf: nameOf}), func(t *testing.T, v *virtual) {
		held := func(query, header string) int64 {
			before := v.bridge.HeldMemory()
			c := v.connectTo(t, memoryBroker+query, hostile.Tunnel, http.Header{"X-Long": {header}})
			synctest.Wait()
			defer time.Sleep(time.Minute)
			defer c.Close()
			return v.bridge.HeldMemory() - before
		}
		short, long := held("", ""), strings.Repeat("a", size)
		if got := held("", long); got-short < size {
			t.Errorf("%d bytes are held of a request with a long header, %d of a short one", got, short)
		}
		if got := held("&"+long, ""); got-short < size {
			t.Errorf("%d bytes are held of a request with a long query, %d of a short one", got, short)
		}
	})
}

func TestTokensOfSessionsTakeMemory(t *testing.T) {
	inVirtualTime(t, 0, asUsers(&saslBroker{principalOf: nameOf}), func(t *testing.T, v *virtual) {
		before := v.bridge.HeldMemory()
		c := v.connect(t, hostile.Tunnel, nil)
		with := func(token string) int64 {
			send(t, c, hostile.Auth(token))
			synctest.Wait()
			return v.bridge.HeldMemory()
		}
		long := with("alice/1h" + strings.Repeat("0h", 5000))
		if short := with("alice/1h"); long-short != 10_000 {
			t.Errorf("%d bytes are held with a long token, %d with a short one", long, short)
		}
		c.Close()
		time.Sleep(time.Minute)
		if after := v.bridge.HeldMemory(); after != before {
			t.Errorf("%d bytes were held before, and %d after", before, after)
		}
	})
}
