package filter

import (
	"encoding/binary"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

func brokerVersions() *kmsg.ApiVersionsResponse {
	resp := kmsg.NewPtrApiVersionsResponse()
	for key := range int16(200) {
		resp.ApiKeys = append(resp.ApiKeys, kmsg.ApiVersionsResponseApiKey{ApiKey: key, MaxVersion: 99})
	}
	return resp
}

func TestApiVersionsAreCut(t *testing.T) {
	for version := int16(0); version <= 5; version++ {
		for _, held := range []bool{false, true} {
			f := newFilter(t, func(o *Options) { o.HeldSASL = held }, analyst("read-only"))
			req := at(version, kmsg.NewPtrApiVersionsRequest())
			forward(t, f, req)
			got := map[int16]kmsg.ApiVersionsResponseApiKey{}
			for _, k := range reply(t, f, req, brokerVersions()).(*kmsg.ApiVersionsResponse).ApiKeys {
				got[k.ApiKey] = k
			}
			for _, key := range []int16{4, 27, 58, 71, 72, 83, 95, 150} {
				if _, ok := got[key]; ok {
					t.Errorf("%d is advertised", key)
				}
			}
			for _, key := range []int16{17, 36, 38} {
				if _, ok := got[key]; ok == held {
					t.Errorf("%d advertised: %v, held: %v", key, ok, held)
				}
			}
			produce, metadata, add := got[keyProduce], got[keyMetadata], got[24]
			if produce.MinVersion != 0 || produce.MaxVersion != 13 || metadata.MinVersion != 4 || add.MaxVersion != 3 {
				t.Error(produce, metadata, add)
			}
		}
	}
}

func TestApiVersionsThatTheBrokerDoesntKnow(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	forward(t, f, at(4, kmsg.NewPtrApiVersionsRequest()))
	resp := kmsg.NewPtrApiVersionsResponse()
	resp.ErrorCode = errUnsupportedVersion
	resp.ApiKeys = []kmsg.ApiVersionsResponseApiKey{{ApiKey: 18, MaxVersion: 3}}
	frame := appendResponse(nil, 7, resp)
	rewrite, err := f.Response(7, len(frame)-4)
	if err != nil {
		t.Fatal(err)
	}
	if frame, err = rewrite(t.Context(), frame[4:]); err != nil {
		t.Fatal(err)
	}
	got := parseAnswer(t, frame, at(0, kmsg.NewPtrApiVersionsRequest())).(*kmsg.ApiVersionsResponse)
	if got.ErrorCode != errUnsupportedVersion || len(got.ApiKeys) != 1 || got.ApiKeys[0].MaxVersion != 3 {
		t.Errorf("%+v", got)
	}
}

func TestApiVersionsAboveTheHighest(t *testing.T) {
	f := newFilter(t, nil, analyst("read-only"))
	b := request(7, at(3, kmsg.NewPtrApiVersionsRequest()))
	binary.BigEndian.PutUint16(b[2:], 90)
	if frame, err := f.Request(t.Context(), b); err != nil || frame != nil {
		t.Fatal(frame, err)
	}
	got := answered(t, f, at(0, kmsg.NewPtrApiVersionsRequest())).(*kmsg.ApiVersionsResponse)
	if got.ErrorCode != errUnsupportedVersion || len(got.ApiKeys) != 1 || got.ApiKeys[0].MaxVersion != 5 {
		t.Errorf("%+v", got)
	}
}
