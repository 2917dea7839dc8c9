package wasmtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	// scenarioEnv has the test binary run the suite of testdata in a scenario, which may fail.
	scenarioEnv = "KAFKAIO_TEST_WASMTEST"
	// kafkaioEnv and suiteEnv name the files that are built once for all scenarios.
	kafkaioEnv = "KAFKAIO_TEST_WASMTEST_KAFKAIO"
	suiteEnv   = "KAFKAIO_TEST_WASMTEST_SUITE"
)

func fileOf(env string) func() (string, error) {
	return func() (string, error) { return os.Getenv(env), nil }
}

func TestMain(m *testing.M) {
	if os.Getenv(scenarioEnv) == "" {
		suite := Of("./testdata/suite", "TestSuite")
		for env, build := range map[string]func() (string, error){kafkaioEnv: suite.kafkaio, suiteEnv: suite.wasip1} {
			file, err := build()
			if err != nil {
				panic(err)
			}
			os.Setenv(env, file)
		}
	}
	Main(m)
}

// TestScenario is run by the other tests, each time in a process of its own.
func TestScenario(t *testing.T) {
	scenario, ok := os.LookupEnv(scenarioEnv)
	if !ok {
		return
	}
	variable, want := "KAFKAIO_SUITE", []string{"Passes", "Lacks", "Skips", "Fails", "Exits"}
	switch scenario {
	case "misspelt variable":
		variable = "KAFKAIO_SIUTE"
	case "one unknown to the suite":
		want = append(want, "Unknown")
	case "one unknown to the host":
		want = want[1:]
	}
	suite := &Tests{name: "TestSuite", wasip1: fileOf(suiteEnv), kafkaio: fileOf(kafkaioEnv)}
	suite.InWASI(t, want, map[string]string{variable: `{"Name": "` + scenario + `"}`})
}

// run runs a scenario and returns what was printed.
func run(t *testing.T, scenario string, env []string, args ...string) (output string, passed bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-test.v"}, args...)...)
	c.Env = append(os.Environ(), append([]string{scenarioEnv + "=" + scenario, "KAFKAIO_REQUIRE=", "KAFKAIO_NOTRUN="}, env...)...)
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	return string(out), err == nil
}

func TestARunIsReported(t *testing.T) {
	for _, test := range []struct {
		scenario, run string
		passes        bool
		want          []string
	}{
		{"all is well", "^TestScenario$", true, []string{
			"PASS: TestScenario/Passes/Part", "PASS: TestScenario/Exits", "ran 5 tests: 5 passed, 0 failed, 0 were skipped",
		}},
		{"all is well", "TestScenario/Passes|TestOther/Fails", true, []string{"ran 1 tests: 1 passed"}},
		{"all is well", "TestScenario/Misspelt", false, []string{"nothing ran: no test of the suite matches -run"}},
		{"misspelt variable", "^TestScenario$", false, []string{
			"KAFKAIO_SUITE is not set: package wasmtest runs this suite", "FAIL: TestScenario/Passes", "it did not run",
		}},
		{"one unknown to the suite", "^TestScenario$", false, []string{"FAIL: TestScenario/Unknown", "it did not run", "PASS: TestScenario/Fails"}},
		{"one unknown to the host", "^TestScenario$", false, []string{"Passes ran, of which the host"}},
		{"lacks", "^TestScenario$", true, []string{"SKIP: TestScenario/Lacks/Kcat", "kcat is missing; to run it: apt-get install kcat"}},
		{"skips", "^TestScenario$", false, []string{"FAIL: TestScenario/Skips", "not by package require"}},
		{"fails", "^TestScenario$", false, []string{"FAIL: TestScenario/Fails", "as it was told to", "PASS: TestScenario/Skips"}},
		{"exits", "^TestScenario$", false, []string{"FAIL: TestScenario/Exits", "PASS: TestScenario/Passes", "panic: at once"}},
	} {
		t.Run(test.scenario+" "+test.run, func(t *testing.T) {
			output, passed := run(t, test.scenario, nil, "-test.run="+test.run)
			if passed != test.passes {
				t.Errorf("passed is %v", passed)
			}
			for _, want := range test.want {
				if !strings.Contains(output, want) {
					t.Errorf("it did not print %q", want)
				}
			}
		})
	}
}

func TestSkipPatternIsPassedOn(t *testing.T) {
	output, passed := run(t, "fails", nil, "-test.run=^TestScenario$", "-test.skip=TestScenario/Fails")
	if !passed || !strings.Contains(output, "ran 4 tests: 4 passed") {
		t.Errorf("passed is %v", passed)
	}
}

func TestWhatIsRequiredIsRequiredThereToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "notrun")
	_, passed := run(t, "lacks", []string{"KAFKAIO_REQUIRE=all", "KAFKAIO_NOTRUN=" + file}, "-test.run=^TestScenario$")
	if passed {
		t.Error("it passed without kcat")
	}
	got, err := os.ReadFile(file)
	if want := "TestScenario/Lacks/Kcat: kcat is missing; to run it: apt-get install kcat\n"; string(got) != want || err != nil {
		t.Errorf("the file holds %q, %v, want %q", got, err, want)
	}
}
