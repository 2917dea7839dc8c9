package filter

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/internal/policy"
)

func TestWhatCannotBeReadEndsTheConnection(t *testing.T) {
	metadata := request(1, at(12, kmsg.NewPtrMetadataRequest()))
	tests := map[string][]byte{
		"empty":             {},
		"no correlation id": metadata[:6],
		"no client_id":      metadata[:8],
		"cut":               metadata[:len(metadata)-1],
		"trailing":          append(bytes.Clone(metadata), 0),
		"unknown API":       {0x7f, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff},
		"negative key":      {0xff, 0xff, 0, 0, 0, 0, 0, 1, 0xff, 0xff},
		"unknown version":   {0, 1, 0, 99, 0, 0, 0, 1, 0xff, 0xff},
		"negative version":  {0, 18, 0xff, 0xff, 0, 0, 0, 1, 0xff, 0xff},
		"many topics":       {0, 3, 0, 4, 0, 0, 0, 1, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff},
		"endless tags":      {0, 3, 0, 12, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f},
		"header of its own": {0, 7, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1},
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) { closed(t, newFilter(t, nil, analyst("read-only")), b) })
	}
}

func TestUnknownTagsAndSlackDontReachTheBroker(t *testing.T) {
	req := at(17, kmsg.NewPtrFetchRequest())
	req.SessionEpoch = 0
	req.Topics = []kmsg.FetchRequestTopic{{TopicID: id(1), Partitions: []kmsg.FetchRequestTopicPartition{{}}}}
	req.UnknownTags.Set(9, []byte("secret"))
	req.Topics[0].UnknownTags.Set(9, []byte("secret"))
	req.Topics[0].Partitions[0].UnknownTags.Set(9, []byte("secret"))
	f := newFilter(t, nil, analyst("read-only"))
	frame, err := f.Request(t.Context(), request(1, req))
	if err != nil || frame == nil {
		t.Fatal(err)
	}
	if bytes.Contains(frame, []byte("secret")) {
		t.Error("an unknown tag was forwarded")
	}

	// A tag that kmsg knows, longer than its value.
	req = at(17, kmsg.NewPtrFetchRequest())
	req.SessionEpoch = 0
	b := request(1, req)
	b[len(b)-1] = 1                                           // one tag
	b = append(b, 0, 8, 3, 'i', 'd', 's', 'l', 'a', 'c', 'k') // cluster id, 8 bytes, of which 3 are read
	if frame, err = f.Request(t.Context(), b); err != nil || frame == nil {
		t.Fatal(err)
	}
	if bytes.Contains(frame, []byte("slack")) {
		t.Error("slack was forwarded")
	}
}

func TestClientIDCarriesTheIdentity(t *testing.T) {
	tests := []struct{ identity, clientID, want string }{
		{"ci", "__admin_client", "ci/__admin_client"},
		{"", "app", "app"},
		{"ci", "", "ci"},
	}
	for _, test := range tests {
		f := newFilter(t, func(o *Options) { o.Identity = test.identity }, analyst("read-only"))
		b := kmsg.NewRequestFormatter(kmsg.FormatterClientID(test.clientID)).AppendRequest(nil, at(12, kmsg.NewPtrMetadataRequest()), 1)
		frame, err := f.Request(t.Context(), b[4:])
		if err != nil {
			t.Fatal(err)
		}
		h, rest, _ := parseHeader(frame[4:])
		if _, err := h.parseClientID(rest, true); err != nil || string(h.clientID) != test.want {
			t.Errorf("%q with identity %q becomes %q", test.clientID, test.identity, h.clientID)
		}
	}
	for _, letter := range []string{"a", "ä", "字", "𝄞"} {
		long := clientIDFor("ci", bytes.Repeat([]byte(letter), 40000))
		if len(long) > 32767 || len(long) < 32760 || !utf8.Valid(long) {
			t.Errorf("a long client_id of %s has %d bytes", letter, len(long))
		}
	}
}

// Each API in each version, without any right, is answered in its own shape.
func TestEachAPIIsDeniedInItsShape(t *testing.T) {
	f := newFilter(t, nil, policy.Policy{Identities: []string{"ci"}, Allow: []string{"DescribeCluster"}})
	for key := int16(0); key < 128; key++ {
		known := kmsg.RequestForKey(key)
		if known == nil || key == keyApiVersions || key == keyDescribeCluster {
			continue
		}
		for version := int16(0); version <= known.MaxVersion(); version++ {
			if key == keyControlledShutdown && version == 0 {
				continue
			}
			req := at(version, kmsg.RequestForKey(key))
			if p, ok := req.(*kmsg.ProduceRequest); ok {
				p.Acks = 1
			}
			denied(t, f, req)
		}
	}
	if f.Pending() != 0 || f.Full() {
		t.Error("something waits")
	}
}

// An API is either handled or denied, even to somebody who may do everything.
func TestEachAPIHasAHandlerOrIsDenied(t *testing.T) {
	for key := int16(0); key < 128; key++ {
		known := kmsg.RequestForKey(key)
		_, may := policy.MaxVersion(key, false)
		handled := handlers[key] != nil
		switch {
		case handled && (known == nil || !may):
			t.Errorf("%d has a handler, and no policy can allow it", key)
		case !handled && known != nil && may:
			t.Errorf("%s has no handler", policy.APIName(key))
		}
	}
}
