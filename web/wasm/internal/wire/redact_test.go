package wire

import (
	"bytes"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
)

// core knows which APIs' bytes a trace may not see. They are those whose fields are redacted here.
func TestSecretsAreThoseThatCoreWithholds(t *testing.T) {
	for key := range int16(kmsg.MaxKey + 1) {
		var withheld bool
		s := core.NewScanner(&core.Trace{Frame: func(f core.FrameInfo) { withheld = f.Withheld }})
		s.Sent(requestSample(key, 0, false).frame)
		if withheld != carriesSecrets(key) {
			t.Errorf("%s: core withholds it: %v", core.APIName(key), withheld)
		}
	}
}

// showsSecret reports whether a Field says what secret says.
func showsSecret(f Field) bool {
	for _, leaf := range leaves(f) {
		switch v := leaf.Value.(type) {
		case string:
			if strings.Contains(v, secret) {
				return true
			}
		case []byte:
			if bytes.Contains(v, []byte(secret)) {
				return true
			}
		}
	}
	return false
}

func TestDecodeShowsNoCredentials(t *testing.T) {
	checked := 0
	for _, s := range samples() {
		if !bytes.Contains(s.frame, []byte(secret)) {
			continue
		}
		checked++
		for n := range len(s.frame) + 1 {
			if f := Decode(s.key, s.version, s.request, s.frame[:n]); showsSecret(f) {
				t.Fatalf("%s, %d of %d bytes:\n%s", s.name(), n, len(s.frame), text(f))
			}
		}
		// The caller may be wrong about the version, and about who sent it.
		for version := range int16(6) {
			for _, request := range []bool{false, true} {
				if f := Decode(s.key, version, request, s.frame); showsSecret(f) {
					t.Fatalf("%s as %s v%d:\n%s", s.name(), f.Name, version, text(f))
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("%d frames with a secret", checked)
	}
}

func TestDecodeShowsNothingOfAnUnknownAPI(t *testing.T) {
	frame := withSize([]byte("\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x01\x00\x07" + secret))
	f := Decode(1024, 0, true, frame)
	checkPartition(t, f, len(frame))
	if f.Name != "UnknownRequest" || f.Fields[1].Type != typeRedacted {
		t.Error(text(f))
	}
}

// settings has names of settings, and whether their values are credentials.
var settings = []struct {
	name   string
	hidden bool
}{
	{"ssl.keystore.password", true},
	{"listener.name.external.ssl.key.password", true},
	{"ssl.keystore.key", true},
	{"ssl.keystore.certificate.chain", true},
	{"ssl.truststore.certificates", true},
	{"listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config", true},
	{"SASL.JAAS.CONFIG", true},
	{"delegation.token.secret.key", true},
	{"password.encoder.secret", true},
	{"sasl.oauthbearer.client.credentials.client.secret", true},
	{"sasl.oauthbearer.assertion.private.key.passphrase", true},
	{"retention.ms", false},
	{"cleanup.policy", false},
	{"ssl.keystore.location", false},
	{"sasl.enabled.mechanisms", false},
}

func TestDecodeHidesSettingsThatAreCredentials(t *testing.T) {
	value := kmsg.StringPtr(secret)
	for _, setting := range settings {
		create := kmsg.NewPtrCreateTopicsRequest()
		create.Topics = []kmsg.CreateTopicsRequestTopic{{Configs: []kmsg.CreateTopicsRequestTopicConfig{{Name: setting.name, Value: value}}}}
		alter := kmsg.NewPtrAlterConfigsRequest()
		alter.Resources = []kmsg.AlterConfigsRequestResource{{Configs: []kmsg.AlterConfigsRequestResourceConfig{{Name: setting.name, Value: value}}}}
		incremental := kmsg.NewPtrIncrementalAlterConfigsRequest()
		incremental.Resources = []kmsg.IncrementalAlterConfigsRequestResource{
			{Configs: []kmsg.IncrementalAlterConfigsRequestResourceConfig{{Name: setting.name, Value: value}}},
		}
		for _, r := range []kmsg.Request{create, alter, incremental} {
			for version := range r.MaxVersion() + 1 {
				r.SetVersion(version)
				frame := kmsg.NewRequestFormatter().AppendRequest(nil, r, 1)
				f := Decode(r.Key(), version, true, frame)
				checkPartition(t, f, len(frame))
				if showsSecret(f) == setting.hidden {
					t.Errorf("%s:\n%s", setting.name, text(f))
				}
			}
		}
	}
}

// A broker says which settings are credentials, with their synonyms. It should not send them, but
// what it does is not ours to trust.
func TestDecodeHidesWhatTheBrokerCallsSensitive(t *testing.T) {
	value := kmsg.StringPtr(secret)
	for _, sensitive := range []bool{false, true} {
		r := kmsg.NewPtrDescribeConfigsResponse()
		r.Version = 4
		r.Resources = []kmsg.DescribeConfigsResponseResource{{Configs: []kmsg.DescribeConfigsResponseResourceConfig{{
			Name: "a.plugin.setting", Value: value, IsSensitive: sensitive,
			ConfigSynonyms: []kmsg.DescribeConfigsResponseResourceConfigConfigSynonym{{Name: "its.other.name", Value: value}},
		}}}}
		frame := withSize(r.AppendTo([]byte{0, 0, 0, 0, 0, 0, 0, 1, 0}))
		f := Decode(r.Key(), 4, false, frame)
		checkPartition(t, f, len(frame))
		if showsSecret(f) == sensitive {
			t.Error(text(f))
		}
		if hidden := strings.Count(text(f), typeRedacted); sensitive && hidden != 2 || !sensitive && hidden != 0 {
			t.Error(text(f))
		}
	}
}
