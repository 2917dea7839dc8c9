package wire

import "testing"

func FuzzDecode(f *testing.F) {
	for _, s := range samples() {
		f.Add(s.key, s.version, s.request, s.frame)
	}
	f.Fuzz(func(t *testing.T, key, version int16, request bool, frame []byte) {
		field := Decode(key, version, request, frame)
		checkPartition(t, field, len(frame))
	})
}
