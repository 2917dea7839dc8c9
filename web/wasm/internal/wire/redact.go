package wire

import (
	"slices"
	"strings"
)

// Keys of the APIs whose requests or responses may carry credentials, and of SaslHandshake before them.
const (
	apiSaslHandshake             = 17
	apiAlterConfigs              = 33
	apiSaslAuthenticate          = 36
	apiCreateDelegationToken     = 38
	apiRenewDelegationToken      = 39
	apiExpireDelegationToken     = 40
	apiDescribeDelegationToken   = 41
	apiIncrementalAlterConfigs   = 44
	apiAlterUserScramCredentials = 51
	apiEnvelope                  = 58
	apiFetchSnapshot             = 59
)

// secretFields are the fields that carry credentials, by API. Those of configurations are found by the
// setting's name: see redactConfig.
var secretFields = map[int16][]string{
	apiAlterConfigs:              {},
	apiSaslAuthenticate:          {"SASLAuthBytes"},
	apiCreateDelegationToken:     {"HMAC"},
	apiRenewDelegationToken:      {"HMAC"},
	apiExpireDelegationToken:     {"HMAC"},
	apiDescribeDelegationToken:   {"HMAC"},
	apiIncrementalAlterConfigs:   {},
	apiAlterUserScramCredentials: {"Salt", "SaltedPassword"},
	apiEnvelope:                  {"RequestData", "RequestPrincipal", "ResponseData"}, // any request
	apiFetchSnapshot:             {"Bytes"},                                           // with the credentials of SCRAM users
}

// carriesSecrets reports whether an API's frames may carry credentials.
func carriesSecrets(key int16) bool {
	_, ok := secretFields[key]
	return ok
}

func isSecret(key int16, name string) bool {
	return slices.Contains(secretFields[key], name)
}

// redacted returns f without what it says.
func redacted(f Field) Field {
	return Field{Name: f.Name, Type: typeRedacted, Value: "may be a credential", Start: f.Start, End: f.End}
}

// redactConfig redacts the value of a setting that is a credential, by the setting's name or because
// the broker says so.
func redactConfig(s *Field) {
	var name string
	sensitive := false
	for _, f := range s.Fields {
		switch v := f.Value.(type) {
		case string:
			if f.Name == "Name" {
				name = v
			}
		case bool:
			sensitive = sensitive || f.Name == "IsSensitive" && v
		}
	}
	if sensitive || isSensitive(name) {
		redactValues(s)
	}
}

// redactValues redacts each Value in s, those of a setting's synonyms included.
func redactValues(s *Field) {
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Name == "Value" && f.Value != nil && f.Type != typeUnparsed {
			*f = redacted(*f)
		}
		redactValues(f)
	}
}

// isSensitive reports whether the setting of this name is a credential: Kafka's of type PASSWORD, with
// any prefix, and what its plugins and tools call theirs.
func isSensitive(setting string) bool {
	setting = strings.ToLower(setting)
	for _, part := range []string{"password", "secret", "passphrase", "credential", "token", "jaas", "keystore.certificate", "truststore.certificates"} {
		if strings.Contains(setting, part) {
			return true
		}
	}
	return strings.HasSuffix(setting, ".key")
}
