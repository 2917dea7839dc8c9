package config

import (
	"strings"
	"testing"
)

func TestVariablesWinOverTheFile(t *testing.T) {
	s, err := Parse("bridge.yaml", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApplyEnv([]string{
		"KAFKAIO_BRIDGE_LISTEN=127.0.0.1:1", "KAFKAIO_BRIDGE_LOG_LEVEL=warn", "KAFKAIO_BRIDGE_PAGE=false", "KAFKAIO_BRIDGE_MAX_MEMORY=1GiB",
		"KAFKAIO_BRIDGE_AUTH_JWT_ISSUER=https://other.example/?a=b", "KAFKAIO_DEBUG=1", "HOME=/", TokenEnv + "=of ping",
	}); err != nil {
		t.Fatal(err)
	}
	f := s.File
	if f.Listen != "127.0.0.1:1" || f.Log.Level != "warn" || f.Page || f.MaxMemory != 1<<30 || f.Auth.JWT.Issuer != "https://other.example/?a=b" {
		t.Errorf("%+v", f)
	}
}

func TestVariablesOfNoKeyAreErrors(t *testing.T) {
	for variable, want := range map[string]string{
		"PAGE=yes":            "KAFKAIO_BRIDGE_PAGE: true or false was expected",
		"LISTEN=":             "KAFKAIO_BRIDGE_LISTEN is empty",
		"MAX_SESSION_AGE=1":   "KAFKAIO_BRIDGE_MAX_SESSION_AGE: a duration was expected",
		"LISTN=sesame":        "unknown variable KAFKAIO_BRIDGE_LISTN, did you mean KAFKAIO_BRIDGE_LISTEN?",
		"LOGLEVEL=sesame":     "did you mean KAFKAIO_BRIDGE_LOG_LEVEL?",
		"MEMORY_LIMIT=sesame": "unknown variable KAFKAIO_BRIDGE_MEMORY_LIMIT: unset it. After KAFKAIO_BRIDGE_ stands one of AUTH_HEADER_GROUPS, AUTH_HEADER_IDENTITY, ",
		"=sesame":             "unknown variable KAFKAIO_BRIDGE_: unset it",
		"HOSTS=sesame":        "KAFKAIO_BRIDGE_HOSTS: hosts has no variable: set it in the file",
		"CLUSTERS_NAME=a":     "KAFKAIO_BRIDGE_CLUSTERS_NAME: clusters[].name has no variable",
		"PORT=8642":           "unknown variable KAFKAIO_BRIDGE_PORT",
	} {
		err := new(Source).ApplyEnv([]string{EnvPrefix + variable})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v, want %s", variable, err, want)
		}
	}
	if err := new(Source).ApplyEnv([]string{EnvPrefix + "LISTN=a", EnvPrefix + "PAEG=a"}); err == nil || strings.Count(err.Error(), "did you mean") != 2 {
		t.Errorf("not every variable is named: %v", err)
	}
}

// TestVariablesOfKubernetesAreLeftAlone has those that it sets for services called kafkaio-bridge and
// kafkaio-bridge-metrics (kubernetes.io/docs/concepts/services-networking/service/#environment-variables).
func TestVariablesOfKubernetesAreLeftAlone(t *testing.T) {
	for _, service := range []string{"", "METRICS_"} {
		for _, variable := range []string{
			"SERVICE_HOST=10.0.0.11", "SERVICE_PORT=8642", "SERVICE_PORT_HTTP=8642", "PORT=tcp://10.0.0.11:8642",
			"PORT_8642_TCP=tcp://10.0.0.11:8642", "PORT_8642_TCP_PROTO=tcp", "PORT_8642_TCP_PORT=8642", "PORT_8642_TCP_ADDR=10.0.0.11",
		} {
			if err := new(Source).ApplyEnv([]string{EnvPrefix + service + variable}); err != nil {
				t.Errorf("%s%s: %v", service, variable, err)
			}
		}
	}
}

func TestErrorsNameTheVariableOrTheFlagThatSetTheValue(t *testing.T) {
	s, err := Parse("bridge.yaml", []byte("listen: 127.0.0.1:1\nauth: {jwt: {issuer: a}}\n"+minimal))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.ApplyEnv([]string{"KAFKAIO_BRIDGE_LISTEN=8642", "KAFKAIO_BRIDGE_AUTH_JWT_JWKS=http://keys.example", "KAFKAIO_BRIDGE_TLS_CERT=a"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Set("clusters[0].tls.cert", "b", "--cert"); err != nil {
		t.Fatal(err)
	}
	err = s.Validate()
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`KAFKAIO_BRIDGE_LISTEN: "8642": host:port`, "KAFKAIO_BRIDGE_AUTH_JWT_JWKS: https:// was expected", "bridge.yaml:2:8: auth.jwt: audience is missing",
		"KAFKAIO_BRIDGE_TLS_CERT: cert and key go together", "--cert: cert and key go together",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it doesn't say %q:\n%v", want, err)
		}
	}
}
