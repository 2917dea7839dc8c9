package stack

import (
	"encoding/json"
	"net/http/httptest"
	"testing"

	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestAKafkaThatDoesNotStartIsTold holds that the suite learns of it, and can run all other tests.
func TestAKafkaThatDoesNotStartIsTold(t *testing.T) {
	if component, howToInstall := kafkatest.Lacks(); component != "" {
		require.Missing(t, component, howToInstall)
	}
	w := httptest.NewRecorder()
	(&apache{t: t, options: kafkatest.Options{Brokers: 2}}).start(w, nil)
	var got started
	if err := json.NewDecoder(w.Body).Decode(&got); err != nil || got.Failed == "" || got.Missing != "" {
		t.Errorf("%+v, %v", got, err)
	}
}
