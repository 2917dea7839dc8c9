package filter

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// Bytes behind a request are found in each API and version, and a request as kmsg encodes it needs no second
// look for them.
func TestBytesBehindARequest(t *testing.T) {
	for key := int16(0); key < 128; key++ {
		known := kmsg.RequestForKey(key)
		if known == nil {
			continue
		}
		for version := int16(0); version <= known.MaxVersion(); version++ {
			for _, name := range []string{"", "orders"} {
				req := at(version, kmsg.RequestForKey(key))
				if name != "" {
					fill(reflect.ValueOf(req).Elem(), name)
					req.SetVersion(version)
				}
				body := req.AppendTo(nil)
				if req = at(version, kmsg.RequestForKey(key)); readRequest(req, body) != nil {
					t.Errorf("%d version %d can't be read", key, version)
				}
				if unsafeRead(req, body) != nil || !encodesTo(req, len(body)) || hasTrailing(req, body) {
					t.Errorf("%d version %d doesn't end where it ends", key, version)
				}
				for _, more := range [][]byte{{0}, {1}, body} {
					req = at(version, kmsg.RequestForKey(key))
					if err := readRequest(req, append(bytes.Clone(body), more...)); len(more) > 0 && err != errTrailing {
						t.Errorf("%d version %d with %d bytes more: %v", key, version, len(more), err)
					}
				}
			}
		}
	}
}

// What says that nothing follows a request is right, whatever a client sends.
func FuzzRequestEnd(f *testing.F) {
	for key := int16(0); key < 128; key++ {
		known := kmsg.RequestForKey(key)
		if known == nil {
			continue
		}
		for _, version := range []int16{0, known.MaxVersion()} {
			req := at(version, kmsg.RequestForKey(key))
			fill(reflect.ValueOf(req).Elem(), "orders")
			req.SetVersion(version)
			f.Add(key, version, req.AppendTo(nil))
			f.Add(key, version, req.AppendTo([]byte{1}))
		}
	}
	f.Fuzz(func(t *testing.T, key, version int16, body []byte) {
		req := kmsg.RequestForKey(key)
		if req == nil || version < 0 || version > req.MaxVersion() || len(body) > 1<<16 {
			return
		}
		req.SetVersion(version)
		if unsafeRead(req, body) != nil {
			return
		}
		size := len(req.AppendTo(nil))
		if size > len(body) {
			t.Errorf("the encoding has %d bytes, %d were parsed", size, len(body))
		}
		isWhole := size == len(body)
		if key == keyProduce {
			_, err := checkProduced(version, body)
			isWhole = err == nil
		}
		if isWhole && hasTrailing(req, body) {
			t.Error("bytes follow a request that seems whole")
		}
	})
}
