package rpc_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafkaio/kafkaio/core"
	"github.com/kafkaio/kafkaio/rpc"
)

// fuzzed are the kinds of requests that FuzzResponses makes.
var fuzzed = []func() kmsg.Request{
	func() kmsg.Request { return kmsg.NewPtrApiVersionsRequest() },
	func() kmsg.Request { return kmsg.NewPtrMetadataRequest() },
	func() kmsg.Request { return kmsg.NewPtrFetchRequest() },
	func() kmsg.Request { r := kmsg.NewPtrProduceRequest(); r.Acks = 1; return r },
	func() kmsg.Request { return kmsg.NewPtrSASLHandshakeRequest() },
	func() kmsg.Request { return kmsg.NewPtrDescribeConfigsRequest() },
	func() kmsg.Request { return kmsg.NewPtrJoinGroupRequest() },
	func() kmsg.Request { return kmsg.NewPtrListOffsetsRequest() },
}

// FuzzResponses answers a request with any bytes, and ApiVersions before it if negotiated is false. Do
// must return a response or an error, and neither panic nor block.
func FuzzResponses(f *testing.F) {
	for kind, newRequest := range fuzzed {
		for _, version := range []int16{0, 100} {
			req := newRequest()
			req.SetVersion(min(version, req.MaxVersion()))
			f.Add(kind, version, true, req.ResponseKind().AppendTo([]byte{0}))
		}
	}
	f.Add(0, int16(100), false, unsupported(kmsg.ApiVersionsResponseApiKey{ApiKey: 18, MaxVersion: 2}).AppendTo(nil))
	f.Add(1, int16(9), true, []byte("\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\xff\xff\xff\xff\x0f")) // tagged fields without end
	f.Add(1, int16(9), true, []byte("\x00\x00\x00\x00\x00\xff\xff\xff\xff\x07"))
	f.Fuzz(func(t *testing.T, kind int, version int16, negotiated bool, says []byte) {
		synctest.Test(t, func(t *testing.T) {
			newRequest := fuzzed[uint(kind)%uint(len(fuzzed))]
			versions := map[kmsg.Key]int16{kmsg.Key(newRequest().Key()): version & 0xff, kmsg.ApiVersions: 4}
			b, p := newScriptedBroker(t, versions, func(received) any { return rawResponse(says) })
			if !negotiated {
				b.negotiate = func(*kmsg.ApiVersionsRequest) any { return rawResponse(says) }
			}
			resp, err := rpc.Do(ctx, p, newRequest())
			var asCore *core.Error
			switch {
			case err == nil && resp == nil, err != nil && !strings.HasPrefix(err.Error(), "kafkaio: "):
				t.Fatalf("%v, %#v", resp, err)
			case errors.As(err, &asCore):
				t.Fatalf("the connection suffered: %v", err)
			}
		})
	})
}

// kmsg's decoder must allocate by the bytes of a response, and not by the counts in it.
func TestWhatAResponseClaimsCostsLittle(t *testing.T) {
	for name, says := range map[string]string{
		"4 G tagged fields":   "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\xff\xff\xff\xff\x0f",
		"2 G brokers":         "\x00\x00\x00\x00\x00\xff\xff\xff\xff\x07",
		"a broker per byte":   "\x00\x00\x00\x00\x00\x81\x80\x40" + strings.Repeat("\x00", 1<<20),
		"a topic per 5 bytes": "\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\xb0\xe6\x0c" + strings.Repeat("\xff", 1<<20),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, p := newScriptedBroker(t, map[kmsg.Key]int16{kmsg.Metadata: 9}, func(received) any { return rawResponse(says) })
				if _, err := rpc.Do(ctx, p, rpc.AtMost(-1, kmsg.NewPtrMetadataRequest())); err == nil { // negotiates
					t.Fatal("version -1 was sent")
				}
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				_, err := rpc.Do(ctx, p, kmsg.NewPtrMetadataRequest())
				runtime.ReadMemStats(&after)
				var e *rpc.ResponseError
				if !errors.As(err, &e) {
					t.Errorf("%v", err)
				}
				if got, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+40*len(says)); got > most {
					t.Errorf("%d bytes were allocated for a response of %d", got, len(says))
				}
			})
		})
	}
}
