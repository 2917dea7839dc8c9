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

// writes reports whether a request, whose version is set, may change something. A Metadata request may
// create the topics that it names.
func writes(req kmsg.Request, body []byte) bool {
	if metadata, ok := req.(*kmsg.MetadataRequest); ok {
		return metadata.ReadFrom(body) != nil || len(metadata.Topics) > 0 && (metadata.Version < 4 || metadata.AllowAutoTopicCreation)
	}
	return !readOnly().API(req.Key(), req.GetVersion()).Allowed
}

// readOnlyError refuses what would write.
func readOnlyError(what string) *port.Error {
	return &port.Error{Code: codeReadOnly, Message: what + ": the client was connected with readOnly, and this may write"}
}
