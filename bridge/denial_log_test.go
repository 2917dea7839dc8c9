package bridge

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/kafkaio/kafkaio/internal/filter"
)

func TestALoggedDenialHasNoEmptyFields(t *testing.T) {
	for _, row := range []struct {
		denial   filter.Denial
		identity string
		want     string
	}{
		{filter.Denial{API: "CreateTopics"}, "", "msg=denied remote=r api=CreateTopics version=0\n"},
		{filter.Denial{API: "Produce", Version: 9, Resource: "topic orders", Observed: true}, "ci", "msg=denied remote=r identity=ci api=Produce version=9 resource=\"topic orders\" observed=true\n"},
	} {
		var logged strings.Builder
		b, err := New(Config{Name: "prod", Brokers: []string{"kafka:9092"}, Log: slog.New(slog.NewTextHandler(&logged, nil))})
		if err != nil {
			t.Fatal(err)
		}
		if b.logDenial(row.denial, "r", row.identity); !strings.HasSuffix(logged.String(), row.want) {
			t.Errorf("%q, want %q", logged.String(), row.want)
		}
	}
}
