package client

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
	"github.com/kafkaio/kafkaio/web/wasm/internal/port"
)

// readOnly are the rights of a client with the option readOnly: those of the bridge's preset, on everything.
var readOnly = sync.OnceValue(func() *policy.Rights {
	everything := []string{"*", "_*"}
	set, err := policy.New([]policy.Policy{{
		Identities: []string{"*"}, Allow: []string{"read-only"}, Topics: everything,
		ConsumerGroups: policy.ConsumerGroups{See: everything, Join: everything},
	}})
	if err != nil {
		panic(err)
	}
	return set.Rights("", "", nil)
})

// writes reports whether a request may change something. A Metadata request may create the topics that it
// names.
func writes(key, version int16, body []byte) bool {
	var m kmsg.MetadataRequest
	if key == m.Key() {
		m.Version = version
		return m.ReadFrom(body) != nil || len(m.Topics) > 0 && (version < 4 || m.AllowAutoTopicCreation)
	}
	return !readOnly().API(key, version).Allowed
}

// readOnlyError refuses what would write.
func readOnlyError(what string) *port.Error {
	return &port.Error{Code: codeReadOnly, Message: what + ": the client was connected with readOnly, and this may write"}
}
