package packagetest

import (
	"sync"
	"testing"

	"github.com/kafkaio/kafkaio/internal/browser"
	"github.com/kafkaio/kafkaio/internal/test/kafkatest"
	"github.com/kafkaio/kafkaio/internal/test/require"
)

// TestAHiddenTabKeepsItsMembership hides the page of a group's member behind another tab, for three times as long
// as the group takes for a member's end: in Chromium with brokers of kfake, in Firefox with Apache Kafka.
func TestAHiddenTabKeepsItsMembership(t *testing.T) {
	require.Long(t, "a page that is hidden for 150 s")
	t.Parallel()
	dist := built(t)
	var both sync.WaitGroup // rather than Parallel, which would have them wait for other tests to end
	defer both.Wait()
	for _, test := range []struct {
		browser browser.Browser
		brokers string
	}{
		{browser.ChromiumWithTabs, "kfake"},
		{browser.FirefoxWithTabs, "apache"},
	} {
		run := func(t *testing.T) {
			if _, err := test.browser.Find(); err != nil {
				require.Missing(t, test.browser.Name, err.Error())
			}
			if component, howToInstall := kafkatest.Lacks(); test.brokers == "apache" && component != "" {
				require.Missing(t, component, howToInstall)
			}
			out, code, err := runInPage(t, test.browser, dist, `runHidden("`+test.brokers+`", kafkaioPage.write)`)
			t.Log(out)
			if code != 0 || err != nil {
				t.Errorf("it exited with code %d, %v", code, err)
			}
		}
		both.Go(func() { t.Run(test.browser.Name, run) })
	}
}
