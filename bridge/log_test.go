package bridge_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/hostile"
)

// provocations are what clients can do for the bridge to log it. Each has the message, and a word that is in the
// first line.
var provocations = map[string]struct {
	message, first string
	provoke        func(t *testing.T, v *virtual)
}{
	"DeniedTopics": {"denied", "topic secret-0-0", func(t *testing.T, v *virtual) {
		c := v.pipeOf(t, hostile.Tunnel, "ci")
		for i := range int32(50) {
			req := kmsg.NewPtrMetadataRequest()
			req.Version = 8
			for j := range 100 {
				topic := kmsg.NewMetadataRequestTopic()
				topic.Topic = kmsg.StringPtr(fmt.Sprintf("secret-%d-%d", i, j))
				req.Topics = append(req.Topics, topic)
			}
			c.send(kmsg.NewRequestFormatter().AppendRequest(nil, req, i))
			if _, err := readFrame(&pipeReader{pipe: c}); err != nil {
				t.Fatal(err)
			}
		}
	}},
	"DeniedTargets": {"no connection", "169.254.0.1:", func(t *testing.T, v *virtual) {
		c := v.connect(t, hostile.Tunnel, nil)
		send(t, c, hostile.Auth("ci"))
		go func() {
			for i := range uint32(1000) {
				c.Send(hostile.Open(i+1, 1<<20, fmt.Sprintf("169.254.0.1:%d", i+1)))
			}
		}()
		for range 1000 {
			receive(t, c)
		}
	}},
	"ForeignOrigins": {"refused", "https://evil-0.example", func(t *testing.T, v *virtual) {
		for i := range 100 {
			c := v.connect(t, hostile.Tunnel, http.Header{"Origin": {fmt.Sprintf("https://evil-%d.example", i)}})
			untilEnd(t, c)
			c.Close()
		}
	}},
	"BadTokens": {"refused", "reason=token", func(t *testing.T, v *virtual) {
		for range 100 {
			c := v.connect(t, hostile.Tunnel, nil)
			send(t, c, hostile.Auth("ci/-1s"))
			untilEnd(t, c)
			c.Close()
		}
	}},
	"BadRenewals": {"refused", "identity=ci", func(t *testing.T, v *virtual) {
		c := v.pipeOf(t, hostile.Tunnel, "ci")
		for range 100 {
			send(t, c.Conn, hostile.Auth(""))
			expect(t, c.Conn, hostile.TypeAuth, 0)
			time.Sleep(time.Second) // virtual
		}
	}},
}

// Whatever a client does, and however often, the log has the first line of it, few more, and their number.
func TestClientsCannotFloodTheLog(t *testing.T) {
	for name, row := range provocations {
		t.Run(name, func(t *testing.T) {
			var log lockedBuffer
			config := func(t *testing.T) bridge.Config {
				c := withPolicy(t)
				c.Dial = newBrokers(t, answersMetadata(0)).dial
				c.Authorize = identify
				c.Log = slog.New(slog.NewTextHandler(&log, nil))
				return c
			}
			inVirtualTime(t, 0, config, func(t *testing.T, v *virtual) {
				row.provoke(t, v)
				time.Sleep(15 * time.Second) // virtual
				first, rest, _ := strings.Cut(log.String(), "\n")
				if !strings.Contains(first, row.first) || !strings.Contains(first, row.message) {
					t.Errorf("the first line is %s", first)
				}
				if lines := strings.Count(rest, "\n"); lines > 30 {
					t.Errorf("the log has %d more lines", lines)
				}
				if !strings.Contains(rest, "omitted=") {
					t.Errorf("nothing tells what was left out:\n%s", rest)
				}
			})
		})
	}
}
