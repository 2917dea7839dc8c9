package packagetest

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/bridge"
	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/bridgetest"
	"github.com/kafkaio/kafkaio/internal/test/fakekafka"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

//go:embed testdata/frames.js
var frames string

// kafka starts a broker and a bridge for pages of any origin, and returns its URL.
func kafka(t *testing.T) (bridgeURL string) {
	t.Helper()
	brokers := fakekafka.StartTest(t, "-brokers=1").ListenAddrs()
	return bridgetest.Serve(t, bridgetest.AnyOrigin(bridgetest.New(t, bridge.Config{Brokers: brokers}))) + "/kafka"
}

// wantPages opens pages in a browser, each of which connects, produces a record and consumes it.
func wantPages(t *testing.T, b browser.Browser, pages []page) {
	if _, err := b.Find(); err != nil {
		require.Missing(t, b.Name, err.Error())
	}
	bridgeURL := kafka(t)
	type opened struct {
		Name string `json:"name"`
		URL  string `json:"url"`
		Want string `json:"want"`
	}
	var list []opened
	var names []string
	for _, p := range pages {
		topic := strings.NewReplacer(" ", "-", ",", "").Replace(p.name)
		query := url.Values{"topic": {topic}, "bridge": {bridgeURL}}.Encode()
		separator := "?"
		if strings.Contains(p.url, "?") {
			separator = "&"
		}
		want := p.want
		if want == "" {
			want = "from " + topic
		}
		list = append(list, opened{p.name, p.url + separator + query, want})
		names = append(names, p.name)
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	var out bytes.Buffer
	script := "const pages = " + string(encoded) + ";\n" + frames
	code, err := browser.Run(ctx, b, browser.Program{Script: script, Output: &out})
	ended(t, names, code, err, out.String())
}
