package browser

import (
	"fmt"
	"os/exec"
	"strings"
)

// A Browser is one that programs can be run in.
type Browser struct {
	Name    string
	Package string // Debian's
	command string
	args    func(profile string) []string
	prefs   string // for a file user.js in the profile
}

// Chromium is Debian's Chromium.
var Chromium = Browser{
	Name:    "Chromium",
	Package: "chromium",
	command: "chromium",
	args: func(profile string) []string {
		// A page that is hidden would have its timers slowed down.
		return append(chromiumArgs(profile),
			"--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows")
	},
}

// ChromiumWithTabs is Chromium as people run it: a page may open a tab in front of itself, and what is hidden is
// slowed down.
var ChromiumWithTabs = Browser{
	Name:    Chromium.Name,
	Package: Chromium.Package,
	command: Chromium.command,
	args:    func(profile string) []string { return append(chromiumArgs(profile), "--disable-popup-blocking") },
}

func chromiumArgs(profile string) []string {
	return []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-extensions", "--disable-default-apps",
		"--user-data-dir=" + profile,
	}
}

// Firefox is Debian's Firefox ESR.
var Firefox = Browser{
	Name:    "Firefox",
	Package: "firefox-esr",
	command: "firefox-esr",
	args: func(profile string) []string {
		return []string{"--headless", "--no-remote", "--profile", profile}
	},
	prefs: firefoxPrefs + `
user_pref("dom.min_background_timeout_value", 4);
`,
}

// FirefoxWithTabs is Firefox as people run it: a page may open a tab in front of itself, and what is hidden is
// slowed down.
var FirefoxWithTabs = Browser{
	Name:    Firefox.Name,
	Package: Firefox.Package,
	command: Firefox.command,
	args:    Firefox.args,
	prefs: firefoxPrefs + `
user_pref("dom.disable_open_during_load", false);
`,
}

const firefoxPrefs = `
user_pref("app.normandy.enabled", false);
user_pref("app.update.enabled", false);
user_pref("browser.aboutwelcome.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("browser.safebrowsing.malware.enabled", false);
user_pref("browser.safebrowsing.phishing.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("captivedetect.canonicalURL", "");
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("dom.max_script_run_time", 0);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("extensions.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("services.settings.server", "data:,");
user_pref("toolkit.telemetry.enabled", false);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
`

// All are the browsers that kafkaio is tested in.
var All = []Browser{Chromium, Firefox}

// Flag is what kafkaio exec --browser calls it.
func (b Browser) Flag() string { return strings.ToLower(b.Name) }

// Find returns the path of the browser, or an error that says how to install it.
func (b Browser) Find() (string, error) {
	path, err := exec.LookPath(b.command)
	if err != nil {
		return "", fmt.Errorf("%s was not found: apt-get install %s", b.Name, b.Package)
	}
	return path, nil
}
