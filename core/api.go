package core

// APIs of Kafka, by their keys, that the scanner has to know.
const (
	apiProduce       = 0
	apiSaslHandshake = 17
	// lastKnownAPI is UnregisterController, which Kafka 4.3 doesn't have yet. What those that come
	// later carry isn't known here.
	lastKnownAPI = 94
)

// mayCarrySecrets reports whether the requests or the responses of an API may hold what gives
// access: their bytes are never shown.
func mayCarrySecrets(apiKey int16) bool {
	switch apiKey {
	case 36, // SaslAuthenticate: passwords, tokens and proofs
		38, // CreateDelegationToken: the token's HMAC is its password
		39, // RenewDelegationToken: the HMAC
		40, // ExpireDelegationToken: the HMAC
		41, // DescribeDelegationToken: the HMACs of all tokens
		33, // AlterConfigs: passwords of key stores, sasl.jaas.config
		44, // IncrementalAlterConfigs: the same
		51, // AlterUserScramCredentials: salted passwords
		58, // Envelope: any of these, forwarded to a controller
		59: // FetchSnapshot: the cluster's metadata, with the credentials of SCRAM users
		return true
	}
	return apiKey < 0 || apiKey > lastKnownAPI
}
