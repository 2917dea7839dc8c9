package wire

import "testing"

// FuzzDecode decodes any bytes, once with so few Fields that most frames have more.
func FuzzDecode(f *testing.F) {
	for _, s := range samples() {
		f.Add(s.key, s.version, s.request, s.frame)
	}
	for codec := range int16(5) {
		f.Add(int16(1), int16(fetchVersion), false, fetchWith(aBatch(codec)))
	}
	f.Fuzz(func(t *testing.T, key, version int16, request bool, frame []byte) {
		for _, fields := range []int{maxFields, 30} {
			d := &decoder{frame: frame, end: len(frame), left: fields, room: 1 << 10, key: key}
			checkPartition(t, d.decode(version, request), len(frame))
		}
	})
}
