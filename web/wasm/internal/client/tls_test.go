//go:build !js

package client

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/test/testca"
)

func TestTLSWithTheBrokers(t *testing.T) {
	ca, other := testca.New(t), testca.New(t)
	brokers := newCluster(t, kfake.TLS(&tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "kafka.test").TLS(t)}}))
	url := bridgeTo(t, bridge.Config{Brokers: brokers})
	with := func(o map[string]any) map[string]any { return map[string]any{"bridge": url, "tls": o} }

	ctx, socket := openSocket(t, with(map[string]any{"ca": ca.PEM, "serverName": "kafka.test"}), 1)
	if _, err := requestOn(ctx, socket, kmsg.NewPtrMetadataRequest()); err != nil {
		t.Error(err)
	}

	for _, test := range []struct {
		name, code, text string
		options          map[string]any
	}{
		{"another authority", "ERR_CANNOT_BIND", "authority", map[string]any{"ca": other.PEM, "serverName": "kafka.test"}},
		{"another name", "ERR_CANNOT_BIND", "elsewhere.test", map[string]any{"ca": ca.PEM, "serverName": "elsewhere.test"}},
		{"no name", codeMismatchArgument, "tls.serverName", map[string]any{"ca": ca.PEM}},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, page := start(t, nil)
			_, err := page.Start(nil, "connect", with(test.options), nil, 1).Result(ctx)
			if e := failure(t, err); e.Code != test.code || !strings.Contains(e.Message, test.text) {
				t.Errorf("%s: %s", e.Code, e.Message)
			}
		})
	}
}
