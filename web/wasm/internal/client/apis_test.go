package client

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestAPIsAreThoseOfKmsg(t *testing.T) {
	for key := range int16(kmsg.MaxKey + 1) {
		req := kmsg.RequestForKey(key)
		a, known := apis[key]
		if req == nil {
			if known {
				t.Errorf("%d is none of kmsg's", key)
			}
			continue
		}
		if a.most != req.MaxVersion() {
			t.Errorf("%d %s: the highest version is %d, want %d", key, kmsg.NameForKey(key), a.most, req.MaxVersion())
		}
		for version := range req.MaxVersion() + 1 {
			req.SetVersion(version)
			raw := rawRequest{key: key, version: version}
			if raw.IsFlexible() != req.IsFlexible() {
				t.Errorf("%d %s version %d: flexible %v", key, kmsg.NameForKey(key), version, raw.IsFlexible())
			}
		}
	}
}
