package client

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestEveryConfigHasASource(t *testing.T) {
	const newer = kmsg.ConfigSource(100)
	for source, want := range map[kmsg.ConfigSource]string{
		kmsg.ConfigSourceStaticBrokerConfig: "static",
		kmsg.ConfigSourceUnknown:            "unknown",
		newer:                               "unknown",
	} {
		if got := configOf(kmsg.DescribeConfigsResponseResourceConfig{Source: source}).Source; got != want {
			t.Errorf("%d: %q, want %q", source, got, want)
		}
	}
}
