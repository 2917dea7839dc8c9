package filter

import (
	"encoding/binary"
	"slices"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

// minMetadata is the first version of Metadata that can say that no topic be created.
const minMetadata = 4

// unsupportedApiVersions is the answer to a version of ApiVersions that is above max: that of version 0,
// with the range (KIP-511).
func unsupportedApiVersions(max int16) kmsg.Response {
	resp := kmsg.NewPtrApiVersionsResponse()
	resp.ErrorCode = errUnsupportedVersion
	resp.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: keyApiVersions, MaxVersion: max}}
	return resp
}

// apiVersionsVersion returns the version of an answer to ApiVersions: 0 if the broker doesn't know that of
// the request.
func apiVersionsVersion(version int16, body []byte) int16 {
	if len(body) >= 2 && binary.BigEndian.Uint16(body) == errUnsupportedVersion {
		return 0
	}
	return version
}

func handleApiVersions(c *call) {
	c.onAnswer(func(resp kmsg.Response) {
		r := resp.(*kmsg.ApiVersionsResponse)
		r.ApiKeys = slices.DeleteFunc(r.ApiKeys, func(k kmsg.ApiVersionsResponseApiKey) bool {
			_, ok := versionsFor(k, c.filter.options.HeldSASL)
			return !ok
		})
		for i, k := range r.ApiKeys {
			r.ApiKeys[i], _ = versionsFor(k, c.filter.options.HeldSASL)
		}
	})
}

// versionsFor returns the versions of an API that a client may know of. What a policy denies it stays among
// them: clients that miss an API fail otherwise than by the error that it would have.
func versionsFor(k kmsg.ApiVersionsResponseApiKey, held bool) (_ kmsg.ApiVersionsResponseApiKey, ok bool) {
	known := kmsg.RequestForKey(k.ApiKey)
	if known == nil {
		return k, false
	}
	highest, ok := policy.MaxVersion(k.ApiKey, held)
	k.MaxVersion = min(k.MaxVersion, known.MaxVersion(), highest)
	switch k.ApiKey {
	case keyMetadata:
		k.MinVersion = max(k.MinVersion, minMetadata)
	case keySASLHandshake: // version 0 is followed by bytes that aren't requests
		k.MinVersion = max(k.MinVersion, 1)
	}
	return k, ok && k.MinVersion <= k.MaxVersion
}
